"""WeChat Pay, API v3: one client for all calls; trades of a mini-program, refunds, bills."""

from gateways.wechat_pay.bill_reader import read_bill
from gateways.wechat_pay.bills import WechatPayBills
from gateways.wechat_pay.client import WechatPayClient
from gateways.wechat_pay.refunds import WechatPayRefunds
from gateways.wechat_pay.trades import WechatPayTrades
from gateways.wechat_pay.verdicts import WechatPayRefused
from gateways.wechat_pay.verifying import UnknownSerial
from gateways.wechat_pay.wire import WechatPayWire

__all__ = [
    "UnknownSerial",
    "WechatPayBills",
    "WechatPayClient",
    "WechatPayRefunds",
    "WechatPayRefused",
    "WechatPayTrades",
    "WechatPayWire",
    "read_bill",
]
