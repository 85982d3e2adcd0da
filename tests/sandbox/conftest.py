from collections.abc import AsyncIterator

import pytest
from aiohttp.test_utils import TestClient, TestServer

from sandbox.city import City, OffenceCode, generate_city
from sandbox.police import PoliceSandboxSettings, police_app
from tests.sandbox.wire import Wire

CODES = (
    OffenceCode("1039", "机动车违反规定停放、临时停车且驾驶人不在现场的", 100, 0),
    OffenceCode("1345", "机动车违反禁止标线指示的", 100, 1),
    OffenceCode("1344", "机动车违反禁令标志指示的", 100, 1),
    OffenceCode("1625", "驾驶机动车违反道路交通信号灯通行的", 200, 6),
    OffenceCode("1208", "机动车通过有灯控路口时，不按所需行进方向驶入导向车道的", 100, 0),
    OffenceCode("16362", "机动车在高速公路以外的道路上行驶超过规定时速20%以上未达50%的", 100, 6),
    OffenceCode("6050", "机动车超过规定时速10%以下的", None, 0),
    OffenceCode("1223", "驾驶时拨打接听手持电话的", 50, 3),
    OffenceCode("1721", "机动车行驶超过规定时速50%以上的", 1000, 12),
)


@pytest.fixture(scope="session")
def city() -> City:
    return generate_city(20170901, 400, CODES)


@pytest.fixture
async def wire(city: City) -> AsyncIterator[Wire]:
    settings = PoliceSandboxSettings(requests_per_second=1000)
    async with TestClient(TestServer(police_app(city, settings))) as client:
        yield Wire(client)
