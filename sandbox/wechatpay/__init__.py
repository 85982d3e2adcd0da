"""The simulated WeChat Pay."""

from sandbox.wechatpay.app import wechatpay_app
from sandbox.wechatpay.credentials import (
    SANDBOX_CERTIFICATE_SERIAL,
    SANDBOX_MERCHANT_ID,
    SANDBOX_PUBLIC_KEY_ID,
    WechatPayCredentials,
)
from sandbox.wechatpay.settings import KeyMode, WechatPaySandboxSettings

__all__ = [
    "SANDBOX_CERTIFICATE_SERIAL",
    "SANDBOX_MERCHANT_ID",
    "SANDBOX_PUBLIC_KEY_ID",
    "KeyMode",
    "WechatPayCredentials",
    "WechatPaySandboxSettings",
    "wechatpay_app",
]
