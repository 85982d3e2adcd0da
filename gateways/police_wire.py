"""Everything that differs between one city's police register and the next."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from gateways.breaker import BreakerSettings
from gateways.bulkhead import CallClass
from gateways.soap import Variant


class Interface(StrEnum):
    """What we ask the register for or tell it; the interface id of each is a setting."""

    VEHICLE = "vehicle"
    DRIVER = "driver"
    CAMERA_RECORDS = "camera_records"
    DECISIONS = "decisions"
    PICTURES = "pictures"
    ACCEPT = "accept"
    REPORT_PAYMENT = "report_payment"


INTERFACES: Mapping[str, str] = MappingProxyType(
    {
        Interface.VEHICLE: "01C21",
        Interface.DRIVER: "02C06",
        Interface.CAMERA_RECORDS: "04C03",
        Interface.DECISIONS: "04C01",
        Interface.PICTURES: "04C04",
        Interface.ACCEPT: "04C56",
        Interface.REPORT_PAYMENT: "04C57",
    }
)
# Node names are compared without regard to case; a deployment uses one of each. A write sends the
# first.
NODES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        Interface.VEHICLE: ("veh", "vehicle"),
        Interface.DRIVER: ("drvperson", "drv"),
        Interface.CAMERA_RECORDS: ("viosurveil", "vio"),
        Interface.DECISIONS: ("violation", "vio"),
        Interface.PICTURES: ("viojdczp",),
        Interface.ACCEPT: ("violation",),
        Interface.REPORT_PAYMENT: ("violation",),
    }
)
PLACES: Mapping[CallClass, int] = MappingProxyType(
    {CallClass.CITIZEN: 12, CallClass.OFFICER: 4, CallClass.BACKGROUND: 4}
)


@dataclass(frozen=True, slots=True)
class Texts:
    """
    Regular expressions on the register's own words; the first that fits names the trouble.

    `absent` is asked last and only of a plain refusal: "there is no such record" may be said, but
    "there is no such interface" must never be taken for it.

    Of a write, `doubtful` is asked first: words of trouble on the way leave open whether it was
    done. Then the troubles, then what the refusal is about, in the order of the fields. A driver
    who is not found is no `not_found`.
    """

    too_fast: str = r"频繁|每秒|过快|限流|并发"
    over_quota: str = r"超限|超.{0,8}次数|次数.{0,6}(?:超|用完|已满)|配额|日访问量"
    night: str = r"维护|夜间|暂停服务|停机|服务时间"
    not_authorised: str = r"授权|序列号|权限|接口|校验位|用户|令牌|[Ii][Pp]|(?:访问|终端|远程)地址"
    absent: str = (
        r"未(?:找|查|查询)到(?!.{0,8}(?:服务|配置|数据源|数据库|方法|节点|条件))|查无"
        r"|(?:没有|无)(?:找到|查到|查询到|(?:此|该|相关|符合条件的?|对应的?|违法|违章|机动车|驾驶人){0,2}"
        r"(?:记录|信息|数据|图片|照片))"
        r"|(?:记录|机动车|车辆|驾驶人|驾驶证|决定书|信息|数据|图片|照片)不存在"
    )
    doubtful: str = r"异常|超时|繁忙|中断|回滚"
    already_handled: str = r"已(?:经|(?:被|由).{0,10})?(?:接受)?(?:处理|处罚|裁决)(?!期限|时限)"
    already_paid: str = (
        r"已(?:经|(?:被|由).{0,10})?(?:交款|缴款|交费|缴费|交纳|缴纳|缴清|支付)"
        r"|重复(?:交|缴|支付|处理|录入|提交)"
    )
    other_amount: str = (
        r"(?:金额|罚款|滞纳金).{0,12}(?:不符|不一致|不匹配|不正确|不相等|有误|错误|超过|超出)"
    )
    not_found: str = (
        r"^(?!.*(?:驾驶|当事人)).*(?:未(?:找|查|查询)到|查无|(?:没有|无)(?:此|该)|不存在|已(?:被)?"
        r"(?:删除|撤销|注销|作废))"
    )


@dataclass(frozen=True, slots=True)
class PoliceWire:
    """How to reach and speak to one deployment, and how hard we may lean on it."""

    url: str
    variant: Variant
    serial: str = field(repr=False)
    scene: str = ""
    unit_code: str = ""
    unit_name: str = ""
    officer_id: str = field(default="", repr=False)
    officer_name: str = field(default="", repr=False)
    terminal: str = ""
    interfaces: Mapping[str, str] = field(default_factory=lambda: INTERFACES)
    nodes: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: NODES)
    texts: Texts = field(default_factory=Texts)

    timeout_seconds: float = 8.0
    picture_timeout_seconds: float = 20.0
    connect_seconds: float = 3.0
    # A call that ends early may be tried again until so many time-outs' worth have passed.
    patience: float = 1.5
    # Shorter than the register's own keep-alive, so that we never write to a closing connection.
    keepalive_seconds: float = 10.0
    body_cap: int = 4 * 1024 * 1024
    picture_body_cap: int = 8 * 1024 * 1024

    max_connections: int = 20
    places: Mapping[CallClass, int] = field(default_factory=lambda: PLACES)
    place_wait_seconds: float = 0.5
    # What the register takes from one serial; several processes share it between them.
    calls_per_second: float = 1000.0
    retry_percent: int = 10
    retry_wait_seconds: float = 0.4
    breaker: BreakerSettings = field(default_factory=BreakerSettings)
    night_retry_seconds: float = 900.0

    def __post_init__(self) -> None:
        # The pool of connections must never be what callers wait for: such a wait would look like
        # a slow register.
        if sum(self.places.values()) > self.max_connections:
            raise ValueError("more places than connections")

    def timeout(self, interface: Interface) -> float:
        """Seconds that one try may take."""
        pictures = interface is Interface.PICTURES
        return self.picture_timeout_seconds if pictures else self.timeout_seconds

    def cap(self, interface: Interface) -> int:
        """Bytes that one answer may have."""
        return self.picture_body_cap if interface is Interface.PICTURES else self.body_cap
