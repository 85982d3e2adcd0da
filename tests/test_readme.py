"""The answers printed in the README are the answers one gets."""

import json
import re
from pathlib import Path
from typing import Any

from sandbox.city import Person
from tests.graphql.paying import a_key, owed_by, payer_of
from tests.graphql.queries import BIND, bind_all, binding
from tests.stack import Api, Platforms, Register

# Other each time: when the register was asked, and the numbers of a payment.
OTHER_EACH_TIME = {"fetchedAt", "number", "tradeNO"}
README = (Path(__file__).parent.parent / "README.md").read_text("utf-8")


def block(language: str, number: int = 0) -> str:
    """One of the code blocks of a language."""
    found: list[str] = re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)
    return found[number]


async def test_the_query_and_its_answer(api: Api, citizen: Person) -> None:
    await bind_all(api, citizen)

    answer = await api.ask(block("graphql"), citizen)

    assert _lasting(answer) == _lasting(json.loads(block("json")))


async def test_the_refusal(api: Api, citizen: Person) -> None:
    wrong = binding(citizen.vehicles[0], plate="渝AO1234", plateType="SMALL_VEHICLE")

    english = await api.ask(BIND, citizen, input=wrong)
    chinese = await api.ask(BIND, citizen, language="zh-CN", input=wrong)

    printed = [json.loads(line) for line in block("json", 1).splitlines()]
    shown = [a["data"]["bindVehicle"]["refusals"][0] for a in (chinese, english)]
    assert shown == printed


async def test_paying(api: Api, platforms: Platforms, register: Register, citizen: Person) -> None:
    payer = await payer_of(api, platforms, register, citizen)
    overdue = await owed_by(payer, 5900)
    given = {"decisionIds": [overdue["id"]], "channel": "ALIPAY", "idempotencyKey": a_key()}

    answer = (await payer.phone.ask(block("graphql", 1), input=given)).json()

    printed = json.loads(block("json", 2))
    assert _lasting(answer) == _lasting(printed)
    assert _shape(answer) == _shape(printed)


def _lasting(value: Any) -> Any:
    """Without what is other each time."""
    if isinstance(value, dict):
        return {name: _lasting(v) for name, v in value.items() if name not in OTHER_EACH_TIME}
    return [_lasting(v) for v in value] if isinstance(value, list) else value


def _shape(value: Any) -> Any:
    """The names, and how long each text is."""
    if isinstance(value, dict):
        return {name: _shape(v) for name, v in value.items()}
    if isinstance(value, list):
        return [_shape(v) for v in value]
    return len(value) if isinstance(value, str) else value
