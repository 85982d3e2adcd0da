"""The simulated WeChat server."""

from sandbox.wechat.app import wechat_app
from sandbox.wechat.settings import WECHAT_APP_ID, WECHAT_APP_SECRET, WechatSandboxSettings

__all__ = ["WECHAT_APP_ID", "WECHAT_APP_SECRET", "WechatSandboxSettings", "wechat_app"]
