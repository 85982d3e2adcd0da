"""Alipay's open platform: one client for all methods, who people are, payments and refunds."""

from gateways.alipay.client import AlipayClient
from gateways.alipay.identity import AlipayIdentity
from gateways.alipay.refunds import AlipayRefunds
from gateways.alipay.trades import AlipayTrades
from gateways.alipay.verdicts import AlipayRefused
from gateways.alipay.wire import AlipayWire

__all__ = [
    "AlipayClient",
    "AlipayIdentity",
    "AlipayRefunds",
    "AlipayRefused",
    "AlipayTrades",
    "AlipayWire",
]
