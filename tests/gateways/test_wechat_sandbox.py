"""The login against the sandbox of WeChat, in every trouble the sandbox can make."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from domain.failures import Upstream, UpstreamReason, UpstreamUnavailable
from domain.platforms import AuthCodeProblem, AuthCodeRefused, Channel
from gateways.wechat_login import WechatLogin, WechatWire
from sandbox.city import City
from sandbox.wechat import WECHAT_APP_ID, WECHAT_APP_SECRET, WechatSandboxSettings, wechat_app
from tests.gateways.platforms import (
    PATIENT,
    all_logs,
    everything_told,
    is_not_done,
    listen_to_everything,
)
from tests.gateways.sandboxes import Sandbox, serving, small_city

CALL = "jscode2session"
HARMLESS = {"errcode-zero", "no-unionid", "wrong-content-type"}
UNKNOWN = {
    "busy": UpstreamReason.UNREACHABLE,
    "slow": UpstreamReason.TIMED_OUT,
    "hang": UpstreamReason.TIMED_OUT,
    "drop-before": UpstreamReason.UNREACHABLE,
    "drop-after": UpstreamReason.UNREACHABLE,
    "cut-body": UpstreamReason.BROKEN_ANSWER,
    "http-500": UpstreamReason.BROKEN_ANSWER,
    "bad-gateway": UpstreamReason.UNREACHABLE,
    "unavailable": UpstreamReason.UNREACHABLE,
    "html-answer": UpstreamReason.BROKEN_ANSWER,
    "not-json": UpstreamReason.BROKEN_ANSWER,
    "half-body": UpstreamReason.BROKEN_ANSWER,
    "huge-answer": UpstreamReason.BROKEN_ANSWER,
    "redirect": UpstreamReason.BROKEN_ANSWER,
}
# The sandbox had not done anything; we cannot know.
WITHOUT_EFFECT = {"busy", "drop-before"}


@dataclass(frozen=True, slots=True)
class Wechat:
    """The sandbox and our gateway."""

    sandbox: Sandbox
    login: WechatLogin

    async def code(self, citizen: int = 0, **rest: str) -> str:
        return str((await self.sandbox.do("codes", citizen=citizen, **rest))["code"])

    async def refusal(self, code: str) -> AuthCodeProblem:
        with pytest.raises(AuthCodeRefused) as raised:
            await self.login.account_of(code)
        told = everything_told(raised.value)
        assert not [secret for secret in (code, WECHAT_APP_SECRET) if secret in told]
        return raised.value.problem


@pytest.fixture(scope="module")
def city() -> City:
    return small_city()


@pytest.fixture
async def wechat(city: City) -> AsyncIterator[Wechat]:
    app = wechat_app(city, WechatSandboxSettings(logins_per_minute=3, clock=lambda: 1.8e9))
    async with serving("/wechat", app) as sandbox:
        wire = WechatWire(
            sandbox.url, WECHAT_APP_ID, WECHAT_APP_SECRET, timeout_seconds=0.5, breaker=PATIENT
        )
        async with WechatLogin.open(wire) as login:
            yield Wechat(sandbox, login)


async def test_everybody_has_one_account(wechat: Wechat) -> None:
    first = await wechat.login.account_of(await wechat.code(0))
    again = await wechat.login.account_of(await wechat.code(0))
    other = await wechat.login.account_of(await wechat.code(1))

    assert first == again
    assert first.open_id != other.open_id
    assert first.union_id != other.union_id
    assert (first.channel, first.app_id) == (Channel.WECHAT, WECHAT_APP_ID)
    assert await wechat.sandbox.log() == [(CALL, "0")] * 3


async def test_a_code_is_good_once_for_one_app_and_a_while(wechat: Wechat) -> None:
    used = await wechat.code()
    await wechat.login.account_of(used)
    foreign = await wechat.code(appId="wx9999999999999999")

    for code in (used, foreign, "never-given-out", "a&b=c+d%20"):
        assert await wechat.refusal(code) is AuthCodeProblem.INVALID
    late = await wechat.code()
    await wechat.sandbox.do("clock", advanceSeconds=301)
    assert await wechat.refusal(late) is AuthCodeProblem.INVALID

    outcomes = [outcome for _, outcome in await wechat.sandbox.log()]
    assert outcomes == ["0", "40163", "40029", "40029", "40029", "40029"]


async def test_somebody_who_is_held_back(wechat: Wechat) -> None:
    await wechat.sandbox.do("blocked", citizen=0)

    assert await wechat.refusal(await wechat.code(0)) is AuthCodeProblem.BLOCKED
    assert (await wechat.login.account_of(await wechat.code(1))).channel is Channel.WECHAT


async def test_somebody_in_a_hurry(wechat: Wechat) -> None:
    for _ in range(3):
        await wechat.login.account_of(await wechat.code(0))

    assert await wechat.refusal(await wechat.code(0)) is AuthCodeProblem.TOO_OFTEN


@pytest.mark.parametrize(
    ("changed", "detail"),
    [
        ({"app_id": "wx9999999999999999"}, "errcode 40013"),
        ({"app_secret": "wrong"}, "errcode 40125"),
        ({"app_secret": ""}, "errcode 41004"),
    ],
)
async def test_settings_that_are_wrong(
    wechat: Wechat, changed: dict[str, Any], detail: str
) -> None:
    async with WechatLogin.open(replace(wechat.login.wire, **changed)) as login:
        with pytest.raises(UpstreamUnavailable) as raised:
            await login.account_of(await wechat.code())

    assert (raised.value.reason, raised.value.detail) == (UpstreamReason.NOT_AUTHORISED, detail)


async def test_every_scenario_has_an_expectation(wechat: Wechat) -> None:
    assert await wechat.sandbox.scenarios() == HARMLESS | UNKNOWN.keys()


@pytest.mark.parametrize("scenario", sorted(HARMLESS))
async def test_what_only_looks_different(wechat: Wechat, scenario: str) -> None:
    plain = await wechat.login.account_of(await wechat.code(0))
    await wechat.sandbox.switch(scenario)

    account = await wechat.login.account_of(await wechat.code(0))

    union_id = None if scenario == "no-unionid" else plain.union_id
    assert account == replace(plain, union_id=union_id)
    assert await wechat.refusal("never-given-out") is AuthCodeProblem.INVALID


@pytest.mark.parametrize("scenario", sorted(UNKNOWN))
async def test_trouble(wechat: Wechat, scenario: str, caplog: pytest.LogCaptureFixture) -> None:
    code = await wechat.code(0)
    await wechat.sandbox.switch(scenario)
    listen_to_everything(caplog)

    with pytest.raises(UpstreamUnavailable) as raised:
        await wechat.login.account_of(code)

    told = raised.value
    assert (told.upstream, told.reason) == (Upstream.WECHAT, UNKNOWN[scenario])
    assert not is_not_done(told)
    seen = everything_told(told) + all_logs(caplog)
    assert not [secret for secret in (code, WECHAT_APP_SECRET) if secret in seen]
    assert len(await wechat.sandbox.settled(1)) == 1

    # Whether the code was used up in all that, only WeChat knows.
    await wechat.sandbox.calm()
    if scenario in WITHOUT_EFFECT:
        await wechat.login.account_of(code)
    else:
        assert await wechat.refusal(code) is AuthCodeProblem.INVALID


async def test_nothing_secret_is_logged_when_all_goes_well(
    wechat: Wechat, caplog: pytest.LogCaptureFixture
) -> None:
    listen_to_everything(caplog)
    code = await wechat.code(0)
    account = await wechat.login.account_of(code)

    seen = all_logs(caplog) + repr(account) + repr(wechat.login)
    secrets = (code, WECHAT_APP_SECRET, account.open_id, account.union_id or "-")
    assert not [secret for secret in secrets if secret in seen]
