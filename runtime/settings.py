"""Every setting, read once from CLEARWAY_* variables, checked before anything starts."""

import base64
import binascii
import os
from collections.abc import Mapping
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import Field, PostgresDsn, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from gateways.soap import Variant
from runtime.issuers import IssuerConfigs
from services.crash_points import CrashPoint

PREFIX = "CLEARWAY_"
DATA_KEY_BYTES = 32
DAY = 86_400.0
PRODUCTION_TOKEN_LIFE = 3600.0
PRODUCTION_DRAIN = 5.0
Seconds = Annotated[float, Field(gt=0)]


class Profile(StrEnum):
    """`dev` trusts loopback and makes its own keys; `production` refuses everything unsafe."""

    DEV = "dev"
    PRODUCTION = "production"


class GraphiQLDoor(StrEnum):
    """Who may see GraphiQL, and ask the schema about itself."""

    OFF = "off"  # no page; the schema answers officers only
    OFFICERS = "officers"  # the page; the schema answers officers only
    OPEN = "open"  # the page and the schema, for anybody: trials only


class SettingsProblem(Exception):
    """The settings cannot be used; the message says which and what to do."""


class Settings(BaseSettings):
    """Everything that differs between deployments. Secrets never print."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    profile: Profile = Profile.PRODUCTION
    data_dir: Path = Path(".clearway")
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 8000
    public_url: str = "http://127.0.0.1:8000"

    database_url: PostgresDsn | None = Field(default=None, repr=False)
    database_pool_size: Annotated[int, Field(ge=1, le=100)] = 8
    pg_bindir: Path | None = None
    pg_run_as: str | None = None

    issuers: IssuerConfigs = ()
    own_issuer: str = "urn:clearway"
    citizen_audience: str = "clearway"
    officer_audience: str = "clearway-back-office"
    signing_keys_dir: Path | None = None
    receipt_keys_dir: Path | None = None
    token_max_life_seconds: Seconds | None = None
    access_token_seconds: Annotated[float, Field(ge=60, le=900)] = 900
    session_days: Annotated[float, Field(gt=0, le=30)] = 30

    alipay_url: str = "http://127.0.0.1:8100/alipay/gateway.do"
    alipay_app_id: str = ""
    alipay_private_key_file: Path | None = None
    alipay_public_key_file: Path | None = None
    wechat_url: str = "http://127.0.0.1:8100/wechat"
    wechat_app_id: str = ""
    wechat_app_secret: SecretStr = SecretStr("")
    platform_timeout_seconds: Seconds = 5.0

    alipay_seller_id: str = ""
    wechat_pay_url: str = "http://127.0.0.1:8100/wechatpay"
    wechat_pay_merchant_id: str = ""
    wechat_pay_certificate_serial: str = ""
    wechat_pay_private_key_file: Path | None = None
    wechat_pay_apiv3_key_file: Path | None = None
    wechat_pay_public_key_id: str | None = None
    wechat_pay_public_key_file: Path | None = None
    wechat_pay_certificate_files: tuple[Path, ...] = ()
    webhooks_url: str | None = None
    # Alipay takes 1 minute to 15 days, a prepay_id of WeChat Pay is good for two hours.
    payment_minutes: Annotated[int, Field(ge=1, le=110)] = 15
    treasury_cutoff_hours: Annotated[int, Field(ge=0, le=24 * 365)] = 10
    # What channels keep for themselves, as agreed on; not looked at if it is not given.
    alipay_fee_per_ten_thousand: Annotated[int, Field(ge=0, le=10_000)] | None = None
    wechat_pay_fee_per_ten_thousand: Annotated[int, Field(ge=0, le=10_000)] | None = None
    # Questions to the register about one day of a channel.
    reconcile_register_calls: Annotated[int, Field(ge=0)] = 1000
    crash_at: CrashPoint | None = None

    graphiql: GraphiQLDoor | None = None
    graphiql_tabs: Path | None = None
    drain_seconds: Annotated[float, Field(ge=0, le=60)] | None = None

    # Of all queries: executed by graphql-core as well, which then also answers.
    compare_executions: Annotated[float, Field(ge=0, le=1)] = 0.0
    metrics: bool = False

    data_key: SecretStr | None = None

    police_url: str = "http://127.0.0.1:8100/trffweb/services/TmriOutNewAccess"
    police_variant: Variant = Variant.NEW9
    police_serial: SecretStr = SecretStr("")
    police_scene: str = ""
    police_unit_code: str = "500100000000"
    police_unit_name: str = "重庆市公安局交通巡逻警察总队"
    police_officer_id: SecretStr = SecretStr("")
    police_officer_name: SecretStr = SecretStr("")
    police_terminal: str = "127.0.0.1"
    police_interfaces: dict[str, str] = {}
    police_nodes: dict[str, tuple[str, ...]] = {}
    police_daily_quota: Annotated[int, Field(ge=1)] = 5000
    police_timeout_seconds: Seconds = 8.0
    police_calls_per_second: Seconds = 8.0

    province: str = "重庆"
    district_prefix: str = "50"

    rulebook: str = "chongqing"
    holidays: Path | None = None

    mirror_soft_age_seconds: Seconds = 600
    mirror_hard_age_seconds: Seconds = 7 * 86_400
    mirror_patience_seconds: Seconds = 1.5
    request_deadline_seconds: Seconds = 10

    wrong_bindings_per_citizen: Annotated[int, Field(ge=1)] = 5
    wrong_bindings_per_plate: Annotated[int, Field(ge=1)] = 5
    vehicles_per_citizen: Annotated[int, Field(ge=1)] = 50

    log_level: str = "INFO"

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.mirror_soft_age_seconds > self.mirror_hard_age_seconds:
            raise ValueError("mirror_soft_age_seconds must not exceed mirror_hard_age_seconds")
        if self.data_key is not None:
            decode_data_key(self.data_key)
        if self.profile is Profile.PRODUCTION:
            problems = list(_unsafe(self))
            if problems:
                raise ValueError("; ".join(problems))
        return self

    @property
    def longest_token_life(self) -> float:
        """Seconds a token may be good for: a day in trials, an hour in production by default."""
        return self.token_max_life_seconds or (DAY if self.is_dev else PRODUCTION_TOKEN_LIFE)

    @property
    def graphiql_door(self) -> GraphiQLDoor:
        """Open in trials, off in production unless it is switched on for officers."""
        return self.graphiql or (GraphiQLDoor.OPEN if self.is_dev else GraphiQLDoor.OFF)

    @property
    def drain_time(self) -> float:
        """Seconds between the wish to stop and no longer listening: trials stop at once."""
        if self.drain_seconds is not None:
            return self.drain_seconds
        return 0.0 if self.is_dev else PRODUCTION_DRAIN

    @property
    def webhooks(self) -> str:
        """Where channels send their notices: below the public address unless set otherwise."""
        return self.webhooks_url or f"{self.public_url.rstrip('/')}/webhooks"

    @property
    def is_dev(self) -> bool:
        """Whether this is the profile for trials and tests."""
        return self.profile is Profile.DEV


def load_settings(environ: Mapping[str, str] = os.environ, **overrides: object) -> Settings:
    """
    The settings of this process.

    :raises SettingsProblem: in one sentence, if a name is unknown or a value cannot be used
    """
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    unknown = sorted(n for n in environ if n.upper().startswith(PREFIX) and n.upper() not in known)
    if unknown:
        raise SettingsProblem(
            f"Unknown setting {unknown[0]}: remove it or mend its name (see docs/settings.md)."
        )
    try:
        return Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        name = f"{PREFIX}{place.upper()}: " if place else ""
        raise SettingsProblem(f"{name}{first['msg'].removeprefix('Value error, ')}.") from None
    except ValueError as error:
        # pydantic-settings: a variable that should hold JSON does not. Its text may be a secret.
        raise SettingsProblem(f"A setting is not valid JSON ({type(error).__name__}).") from None


def decode_data_key(key: SecretStr) -> bytes:
    """
    The bytes of the data key.

    :raises ValueError: if it is not base64 of 32 bytes
    """
    try:
        secret = base64.b64decode(key.get_secret_value(), validate=True)
    except (binascii.Error, ValueError):
        secret = b""
    if len(secret) != DATA_KEY_BYTES:
        raise ValueError(
            "data_key must be base64 of 32 random bytes; make one with: openssl rand -base64 32"
        )
    return secret


def is_loopback(url: str) -> bool:
    """Whether a URL stays on this machine."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _unsafe(settings: Settings) -> list[str]:
    """What a production system must not run with (reliability target R20)."""
    checks = {
        "production needs database_url (a managed or replicated PostgreSQL)": (
            settings.database_url is None
        ),
        "production needs data_key (base64 of 32 random bytes; keep it safe and the same)": (
            settings.data_key is None
        ),
        "production needs issuers, alipay_app_id or wechat_app_id: nobody could sign in": not (
            settings.issuers or settings.alipay_app_id or settings.wechat_app_id
        ),
        "production trusts issuers over https only: mend jwksUrl in issuers": any(
            not issuer.jwks_url.startswith("https://") for issuer in settings.issuers
        ),
        "production needs police_serial": not settings.police_serial.get_secret_value(),
        "production needs police_url of the real register, not this machine": is_loopback(
            settings.police_url
        ),
        "production needs an https:// public_url": not settings.public_url.startswith("https://"),
        "production shows GraphiQL to officers at most: mend graphiql": (
            settings.graphiql_door is GraphiQLDoor.OPEN
        ),
        "production does not kill itself: remove crash_at": settings.crash_at is not None,
        "production must not log at DEBUG": settings.log_level.upper() == "DEBUG",
        "production accepts tokens of at most one hour: lower token_max_life_seconds": (
            settings.longest_token_life > PRODUCTION_TOKEN_LIFE
        ),
    }
    return [problem for problem, is_so in checks.items() if is_so]
