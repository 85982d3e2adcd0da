"""How WeChat Pay says no: a status, a code, and a number at the end of Request-ID."""

from collections.abc import Mapping
from dataclasses import dataclass

NOT_EXIST = "268512771"
PAID = "268449538"
EXPIRED = "268447914"
OTHER_PARAMETERS = "268498688"
THROTTLED = "268447840"


@dataclass(frozen=True, slots=True)
class Failure:
    """:ivar detail: what PARAM_ERROR says of the parameter"""

    status: int
    code: str
    message: str
    tail: str = "0"
    detail: Mapping[str, object] | None = None


class Refused(Exception):
    """A call that is answered with a failure."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.code)
        self.failure = failure


SIGNATURE = Failure(401, "SIGN_ERROR", "签名错误，请检查后再试")
TIMESTAMP = Failure(
    401, "SIGN_ERROR", "Http头Authorization中的timestamp与发起请求的时间不得超过5分钟"
)
SERIAL = Failure(401, "SIGN_ERROR", "商户证书序列号有误，请使用签名私钥匹配的证书序列号")
NO_MERCHANT = Failure(400, "MCH_NOT_EXISTS", "商户号不存在")
OTHER_MERCHANT = Failure(403, "NO_AUTH", "商户号与发起请求的商户不一致")
OTHER_APP = Failure(400, "APPID_MCHID_NOT_MATCH", "appid和mch_id不匹配，请检查后再试")
NOT_THE_SAME = Failure(
    400, "INVALID_REQUEST", "商户订单号重复，请求参数与首次不一致", OTHER_PARAMETERS
)
ORDER_EXPIRED = Failure(
    400, "INVALID_REQUEST", "订单已过支付结束时间，请使用新的商户订单号", EXPIRED
)
ORDER_PAID = Failure(400, "ORDERPAID", "该订单已支付", PAID)
ORDER_CLOSED = Failure(400, "ORDER_CLOSED", "该订单已关闭，请重新下单")
NO_ORDER = Failure(404, "ORDER_NOT_EXIST", "订单不存在", NOT_EXIST)
NO_CERTIFICATES = Failure(404, "RESOURCE_NOT_EXISTS", "无可用的平台证书，请使用微信支付公钥")
SYSTEM_ERROR = Failure(500, "SYSTEM_ERROR", "系统异常，请用相同参数重新调用")
THROTTLING = Failure(429, "FREQUENCY_LIMITED", "频率限制，请降低请求接口频率", THROTTLED)
ACCOUNT = Failure(403, "USER_ACCOUNT_ABNORMAL", "用户账户异常，请更换账户后重试")
LIMITED = Failure(403, "RULE_LIMIT", "业务规则限制")
NO_REFUND = Failure(404, "RESOURCE_NOT_EXISTS", "退款单不存在", NOT_EXIST)
NOTHING_TO_REFUND = Failure(404, "RESOURCE_NOT_EXISTS", "订单号不存在", NOT_EXIST)
NOT_PAID = Failure(400, "INVALID_REQUEST", "订单未支付，不可退款")
TOO_OLD = Failure(400, "INVALID_REQUEST", "订单已超过可退款的最大期限")
OTHER_TOTAL = Failure(400, "INVALID_REQUEST", "订单金额与支付时不一致，请核实后再试")
OTHER_REFUND = Failure(
    400, "INVALID_REQUEST", "请求内容和上次请求不一致，请核实后再试", OTHER_PARAMETERS
)
BEYOND = Failure(400, "INVALID_REQUEST", "申请退款金额超过订单可退金额")
ALL_REFUNDED = Failure(400, "INVALID_REQUEST", "订单已全额退款")
TOO_SOON = Failure(429, "FREQUENCY_LIMITED", "同一笔订单多次退款需间隔1分钟", THROTTLED)
TOO_MANY = Failure(403, "RULE_LIMIT", "一笔订单最多退款50次")
NOT_ENOUGH = Failure(403, "NOT_ENOUGH", "基本账户余额不足，请充值后重新发起")
NO_STATEMENT = Failure(400, "NO_STATEMENT_EXIST", "账单不存在")
STATEMENT_CREATING = Failure(400, "STATEMENT_CREATING", "账单生成中，请稍后再试")
LINK_OVER = Failure(400, "INVALID_REQUEST", "账单下载地址已失效，请重新申请")


def parameter(field: str, issue: str, value: object = None) -> Failure:
    """A parameter is wrong; `field` is a JSON pointer into the body, or a name in the query."""
    place = "body" if field.startswith("/") else "query"
    detail = {"field": field, "value": value, "issue": issue, "location": place}
    return Failure(400, "PARAM_ERROR", f"参数错误：{issue}", detail=detail)
