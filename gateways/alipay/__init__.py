"""Alipay's open platform: one client for all methods, and who people are."""

from gateways.alipay.client import AlipayClient
from gateways.alipay.identity import AlipayIdentity
from gateways.alipay.verdicts import AlipayRefused
from gateways.alipay.wire import AlipayWire

__all__ = ["AlipayClient", "AlipayIdentity", "AlipayRefused", "AlipayWire"]
