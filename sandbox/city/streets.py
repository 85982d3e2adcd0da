"""Districts of Chongqing with their traffic police, and places where cameras stand."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """Where a camera stands. The code is the five digits of the local place list."""

    code: str
    text: str
    district: str
    unit: str
    unit_name: str


_DISTRICTS = {
    "500103": (
        "渝中区",
        ("中山三路大溪沟路口", "长江一路两路口", "民权路解放碑环道", "嘉陵江滨江路黄花园大桥下"),
    ),
    "500104": ("大渡口区", ("钢花路新山村路口", "西城大道天安数码城路段", "春晖路双山路口")),
    "500105": (
        "江北区",
        ("建新北路观音桥环道", "红黄路红旗河沟立交", "北滨二路大剧院路段", "海尔路五里店立交"),
    ),
    "500106": (
        "沙坪坝区",
        ("天陈路三峡广场路口", "凤天大道双碑隧道口", "大学城中路师大路口", "内环快速路凤中立交"),
    ),
    "500107": ("九龙坡区", ("石坪桥横街杨家坪环道", "科园一路石桥铺路口", "经纬大道华村立交")),
    "500108": (
        "南岸区",
        ("南坪南路四公里立交", "江南大道上海城路段", "学府大道五公里路口", "南滨路喜来登酒店路段"),
    ),
    "500109": ("北碚区", ("云华路城南转盘", "碚峡路体育馆路口", "G75兰海高速北碚隧道出城方向")),
    "500112": (
        "渝北区",
        (
            "新南路龙湖MOCO路口",
            "金开大道金州立交",
            "机场路江北机场T3航站楼出发层",
            "红锦大道龙头寺路口",
            "双龙大道空港广场路段",
        ),
    ),
    "500113": ("巴南区", ("巴县大道万达广场路段", "渝南大道李家沱立交", "龙洲大道鱼洞路口")),
}


def _places() -> tuple[Place, ...]:
    return tuple(
        Place(
            code=f"{int(district[3:]):03d}{number:02d}",
            text=f"{name}{road}",
            district=district,
            unit=f"{district}000400",
            unit_name=f"重庆市公安局{name}分局交巡警支队",
        )
        for district, (name, roads) in _DISTRICTS.items()
        for number, road in enumerate(roads, start=1)
    )


PLACES = _places()
