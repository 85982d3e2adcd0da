"""The platforms this deployment is connected with."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

from domain.platforms import Channel
from domain.times import Clock
from gateways.alipay.bills import AlipayBills
from gateways.alipay.client import AlipayClient
from gateways.alipay.identity import AlipayIdentity
from gateways.alipay.refunds import AlipayRefunds
from gateways.alipay.trades import AlipayTrades
from gateways.alipay.wire import AlipayWire
from gateways.wechat_login import WechatLogin, WechatWire
from gateways.wechat_pay import WechatPayClient, WechatPayTrades, WechatPayWire
from gateways.wechat_pay.bills import WechatPayBills
from gateways.wechat_pay.refunds import WechatPayRefunds
from runtime.settings import Settings, SettingsProblem
from services.payment_channels import BillSource, PaymentChannel, RefundChannel
from services.sign_in import Platform


@dataclass(slots=True)
class Platforms:
    """Who says whose code this is, and who can verify a person."""

    sign_in: dict[Channel, Platform] = field(default_factory=dict)
    certifier: AlipayIdentity | None = None
    payments: dict[Channel, PaymentChannel] = field(default_factory=dict)
    refunds: dict[Channel, RefundChannel] = field(default_factory=dict)
    bills: dict[Channel, BillSource] = field(default_factory=dict)
    app_ids: dict[Channel, str] = field(default_factory=dict)


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
            platforms.payments[Channel.ALIPAY] = AlipayTrades(
                client, f"{settings.webhooks}/alipay", settings.alipay_seller_id or None
            )
            platforms.refunds[Channel.ALIPAY] = AlipayRefunds(client)
            platforms.bills[Channel.ALIPAY] = AlipayBills(client)
            platforms.app_ids[Channel.ALIPAY] = settings.alipay_app_id
        if settings.wechat_app_id:
            platforms.sign_in[Channel.WECHAT] = await stack.enter_async_context(
                WechatLogin.open(wechat_wire(settings))
            )
        if settings.wechat_pay_merchant_id:
            merchant = await stack.enter_async_context(
                WechatPayClient.open(wechat_pay_wire(settings), clock)
            )
            platforms.payments[Channel.WECHAT] = WechatPayTrades(
                merchant, f"{settings.webhooks}/wechatpay"
            )
            platforms.refunds[Channel.WECHAT] = WechatPayRefunds(
                merchant, f"{settings.webhooks}/wechatpay"
            )
            platforms.bills[Channel.WECHAT] = WechatPayBills(merchant)
            platforms.app_ids[Channel.WECHAT] = settings.wechat_app_id
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


def wechat_pay_wire(settings: Settings) -> WechatPayWire:
    """
    How to reach WeChat Pay.

    :raises SettingsProblem: if something is missing or no key
    """
    private, apiv3 = settings.wechat_pay_private_key_file, settings.wechat_pay_apiv3_key_file
    if private is None or apiv3 is None or not settings.wechat_app_id:
        raise SettingsProblem(
            "CLEARWAY_WECHAT_PAY_MERCHANT_ID is set: give CLEARWAY_WECHAT_APP_ID,"
            " CLEARWAY_WECHAT_PAY_PRIVATE_KEY_FILE (the merchant's) and"
            " CLEARWAY_WECHAT_PAY_APIV3_KEY_FILE, too."
        )
    try:
        return WechatPayWire.load(
            base_url=settings.wechat_pay_url,
            app_id=settings.wechat_app_id,
            merchant_id=settings.wechat_pay_merchant_id,
            certificate_serial=settings.wechat_pay_certificate_serial,
            private_key_file=private,
            apiv3_key_file=apiv3,
            public_key_id=settings.wechat_pay_public_key_id,
            public_key_file=settings.wechat_pay_public_key_file,
            certificate_files=settings.wechat_pay_certificate_files,
            timeout_seconds=settings.platform_timeout_seconds,
        )
    except (OSError, ValueError) as error:
        raise SettingsProblem(f"WeChat Pay cannot be used: {error}") from None
