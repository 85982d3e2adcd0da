"""The platforms this deployment is connected with."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

from domain.platforms import Channel
from domain.times import Clock
from gateways.alipay.client import AlipayClient
from gateways.alipay.identity import AlipayIdentity
from gateways.alipay.wire import AlipayWire
from gateways.wechat_login import WechatLogin, WechatWire
from runtime.settings import Settings, SettingsProblem
from services.sign_in import Platform


@dataclass(slots=True)
class Platforms:
    """Who says whose code this is, and who can verify a person."""

    sign_in: dict[Channel, Platform] = field(default_factory=dict)
    certifier: AlipayIdentity | None = None


@asynccontextmanager
async def open_platforms(settings: Settings, clock: Clock) -> AsyncIterator[Platforms]:
    """
    Open those that are configured, for as long as the block lasts.

    :raises SettingsProblem: if a key cannot be used
    """
    platforms = Platforms()
    async with AsyncExitStack() as stack:
        if settings.alipay_app_id:
            client = await stack.enter_async_context(
                AlipayClient.open(alipay_wire(settings), clock)
            )
            platforms.certifier = AlipayIdentity(client)
            platforms.sign_in[Channel.ALIPAY] = platforms.certifier
        if settings.wechat_app_id:
            platforms.sign_in[Channel.WECHAT] = await stack.enter_async_context(
                WechatLogin.open(wechat_wire(settings))
            )
        yield platforms


def alipay_wire(settings: Settings) -> AlipayWire:
    """
    How to reach Alipay.

    :raises SettingsProblem: if a key is missing or no RSA key
    """
    private, public = settings.alipay_private_key_file, settings.alipay_public_key_file
    if private is None or public is None:
        raise SettingsProblem(
            "CLEARWAY_ALIPAY_APP_ID is set: give CLEARWAY_ALIPAY_PRIVATE_KEY_FILE (ours) and"
            " CLEARWAY_ALIPAY_PUBLIC_KEY_FILE (Alipay's), too."
        )
    try:
        return AlipayWire.load(
            gateway_url=settings.alipay_url,
            app_id=settings.alipay_app_id,
            private_key_file=private,
            public_key_file=public,
            timeout_seconds=settings.platform_timeout_seconds,
        )
    except (OSError, ValueError) as error:
        raise SettingsProblem(f"A key of Alipay cannot be used: {error}") from None


def wechat_wire(settings: Settings) -> WechatWire:
    """
    How to reach WeChat.

    :raises SettingsProblem: if the secret is missing
    """
    secret = settings.wechat_app_secret.get_secret_value()
    if not secret:
        raise SettingsProblem("CLEARWAY_WECHAT_APP_ID is set: give CLEARWAY_WECHAT_APP_SECRET too.")
    return WechatWire(
        base_url=settings.wechat_url,
        app_id=settings.wechat_app_id,
        app_secret=secret,
        timeout_seconds=settings.platform_timeout_seconds,
    )
