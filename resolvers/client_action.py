"""What a mini-program calls so that its user can pay."""

from typing import Annotated

import strawberry

from domain import payments


@strawberry.type(
    description="Arguments of `my.tradePay` (Alipay). Its result 9000 is no proof of payment: ask"
    " `payment` again."
)
class AlipayTradePay:
    trade_no: str = strawberry.field(name="tradeNO", description="For `my.tradePay({tradeNO})`.")


@strawberry.type(
    description="Arguments of `wx.requestPayment` (WeChat), to be passed on unchanged. Its success"
    " is no proof of payment: ask `payment` again."
)
class WechatRequestPayment:
    time_stamp: str = strawberry.field(description="Seconds since 1970, as a string.")
    nonce_str: str = strawberry.field(description="Random characters.")
    package: str = strawberry.field(description="`prepay_id=…`.")
    sign_type: str = strawberry.field(description="RSA.")
    pay_sign: str = strawberry.field(description="The merchant's signature over all of it.")


ClientAction = Annotated[
    AlipayTradePay | WechatRequestPayment,
    strawberry.union("ClientAction", description="How the user pays, by channel."),
]


def client_action(
    action: payments.ClientAction | None,
) -> AlipayTradePay | WechatRequestPayment | None:
    """An action in the schema's words."""
    if action is None:
        return None
    if isinstance(action, payments.AlipayTradePay):
        return AlipayTradePay(trade_no=action.trade_no)
    return WechatRequestPayment(
        time_stamp=action.time_stamp,
        nonce_str=action.nonce_str,
        package=action.package,
        sign_type=action.sign_type,
        pay_sign=action.pay_sign,
    )
