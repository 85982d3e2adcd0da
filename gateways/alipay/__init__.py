"""Alipay's open platform: one client for all methods, who people are, payments, refunds, bills."""

from gateways.alipay.bill_reader import read_bill
from gateways.alipay.bills import AlipayBills
from gateways.alipay.client import AlipayClient
from gateways.alipay.identity import AlipayIdentity
from gateways.alipay.refunds import AlipayRefunds
from gateways.alipay.trades import AlipayTrades
from gateways.alipay.verdicts import AlipayRefused
from gateways.alipay.wire import AlipayWire

__all__ = [
    "AlipayBills",
    "AlipayClient",
    "AlipayIdentity",
    "AlipayRefunds",
    "AlipayRefused",
    "AlipayTrades",
    "AlipayWire",
    "read_bill",
]
