"""What the gateway says when it does not do what was asked."""

from dataclasses import dataclass

MESSAGES = {
    "20000": "Service Currently Unavailable",
    "40001": "Missing Required Arguments",
    "40002": "Invalid Arguments",
    "40004": "Business Failed",
    "40005": "Call Limited",
}


@dataclass(frozen=True, slots=True)
class Failure:
    code: str
    sub_code: str
    sub_msg: str
    knows_app: bool = True  # who is not known gets no signature

    def node(self) -> dict[str, object]:
        return {
            "code": self.code,
            "msg": MESSAGES[self.code],
            "sub_code": self.sub_code,
            "sub_msg": self.sub_msg,
        }


class Refused(Exception):
    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.sub_code)
        self.failure = failure


MISSING_APP_ID = Failure("40001", "isv.missing-app-id", "缺少AppID参数", knows_app=False)
MISSING_METHOD = Failure("40001", "isv.missing-method", "缺少方法名参数")
MISSING_SIGNATURE = Failure("40001", "isv.missing-signature", "缺少签名参数")
MISSING_SIGNATURE_TYPE = Failure("40001", "isv.missing-signature-type", "缺少签名类型参数")
MISSING_TIMESTAMP = Failure("40001", "isv.missing-timestamp", "缺少时间戳参数")
MISSING_VERSION = Failure("40001", "isv.missing-version", "缺少版本参数")

INVALID_APP_ID = Failure("40002", "isv.invalid-app-id", "无效的AppID参数", knows_app=False)
INVALID_CHARSET = Failure("40002", "isv.invalid-charset", "字符集错误，仅支持GBK、UTF-8")
INVALID_FORMAT = Failure("40002", "isv.invalid-format", "无效的数据格式")
INVALID_METHOD = Failure("40002", "isv.invalid-method", "不存在的方法名")
INVALID_SIGNATURE = Failure("40002", "isv.invalid-signature", "无效签名")
INVALID_SIGNATURE_TYPE = Failure("40002", "isv.invalid-signature-type", "无效的签名类型")
INVALID_TIMESTAMP = Failure("40002", "isv.invalid-timestamp", "非法的时间戳参数")
INVALID_VERSION = Failure("40002", "isv.invalid-parameter", "参数无效：version")
ILLEGAL_JSON = Failure("40002", "isv.illegal-json", "biz_content不是合法的JSON对象")

UNAVAILABLE = Failure("20000", "isp.unknow-error", "系统繁忙")
CALL_LIMITED = Failure("40005", "isv.app-call-limited", "应用调用次数超限")
SYSTEM_ERROR = Failure("40004", "ACQ.SYSTEM_ERROR", "系统异常")

TRADE_HAS_SUCCESS = Failure("40004", "ACQ.TRADE_HAS_SUCCESS", "交易已被支付")
TRADE_HAS_CLOSE = Failure("40004", "ACQ.TRADE_HAS_CLOSE", "交易已经关闭")
CONTEXT_INCONSISTENT = Failure("40004", "ACQ.CONTEXT_INCONSISTENT", "交易信息被篡改")
TRADE_BUYER_NOT_MATCH = Failure("40004", "ACQ.TRADE_BUYER_NOT_MATCH", "交易买家不匹配")
BUYER_NOT_EXIST = Failure("40004", "ACQ.BUYER_NOT_EXIST", "买家不存在")
BUYER_SELLER_EQUAL = Failure("40004", "ACQ.BUYER_SELLER_EQUAL", "买卖家不能相同")
ALREADY_EXPIRED = Failure(
    "40004", "ACQ.NOW_TIME_AFTER_EXPIRE_TIME_ERROR", "当前时间已超过允许支付的时间"
)
TRADE_NOT_EXIST = Failure("40004", "ACQ.TRADE_NOT_EXIST", "交易不存在")
TRADE_HAS_FINISHED = Failure("40004", "ACQ.TRADE_HAS_FINISHED", "交易已完结")
TRADE_STATUS_ERROR = Failure("40004", "ACQ.TRADE_STATUS_ERROR", "交易状态不合法")
DISCORDANT_REPEAT = Failure("40004", "ACQ.DISCORDANT_REPEAT_REQUEST", "请求不一致的重复请求")
NOT_EQUAL_TOTAL = Failure("40004", "ACQ.REFUND_AMT_NOT_EQUAL_TOTAL", "退款金额与交易金额不一致")
REFUND_FEE_ERROR = Failure("40004", "ACQ.REASON_TRADE_REFUND_FEE_ERR", "退款金额无效")
BILL_NOT_EXIST = Failure("40004", "BILL_NOT_EXIST", "账单不存在")
NO_BILL_DATA = Failure("40004", "NO_BILL_DATA", "无账单数据")
TYPE_NOT_SUPPORTED = Failure("40004", "TYPE_NOT_SUPPORTED", "不支持的账单类型")
# They spell it so.
INVALID_BILL_DATE = Failure("40004", "INVAILID_ARGUMENTS", "入参不合法")
TRADE_STATUS_INVALID = Failure("40004", "ACQ.REASON_TRADE_STATUS_INVALID", "交易状态不合法")


def missing(name: str) -> Failure:
    """A parameter that a method needs is not there."""
    return Failure("40001", f"isv.missing-{name.replace('_', '-')}", f"缺少必选参数：{name}")


def illegal_argument(name: str) -> Failure:
    """A field of biz_content is missing or makes no sense."""
    return Failure("40004", "ILLEGAL_ARGUMENT_FORMAT", f"参数格式错误：{name}")


def invalid_parameter(name: str) -> Failure:
    """The same, as the methods of trades say it."""
    return Failure("40004", "ACQ.INVALID_PARAMETER", f"参数无效：{name}")
