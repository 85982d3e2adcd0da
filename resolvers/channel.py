"""The platforms, in the schema's words."""

from domain.platforms import Channel
from resolvers.described import describe_enum

__all__ = ["Channel"]

describe_enum(
    Channel,
    name="Channel",
    description="The platform whose mini-program the person uses, and pays through.",
    texts={
        Channel.ALIPAY: "Alipay (支付宝): the code comes from `my.getAuthCode`.",
        Channel.WECHAT: "WeChat (微信): the code comes from `wx.login`.",
    },
)
