"""The simulated Alipay gateway."""

from sandbox.alipay.app import alipay_app
from sandbox.alipay.credentials import SANDBOX_APP_ID, SANDBOX_SELLER_ID, AlipayCredentials
from sandbox.alipay.settings import AlipaySandboxSettings

__all__ = [
    "SANDBOX_APP_ID",
    "SANDBOX_SELLER_ID",
    "AlipayCredentials",
    "AlipaySandboxSettings",
    "alipay_app",
]
