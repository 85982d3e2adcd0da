"""
The gateway against the sandbox of Alipay, in every trouble the sandbox can make.

Whatever the scenario: the right answer, or a failure that says what is known of the outcome.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import uuid4

import pytest

from domain.failures import Upstream, UpstreamReason, UpstreamUnavailable
from domain.platforms import (
    AuthCodeProblem,
    AuthCodeRefused,
    CertifyMethod,
    CertifyTicket,
    Channel,
)
from gateways.alipay import AlipayClient, AlipayIdentity, AlipayRefused, AlipayWire
from sandbox.alipay import SANDBOX_APP_ID, AlipayCredentials, alipay_app
from sandbox.city import City, Person
from tests.gateways.platforms import (
    PATIENT,
    all_logs,
    app_key,
    everything_told,
    is_not_done,
    listen_to_everything,
)
from tests.gateways.sandboxes import Sandbox, serving, small_city

TOKEN = "alipay.system.oauth.token"
INITIALIZE = "alipay.user.certify.open.initialize"
RESULT = "alipay.user.certify.open.query"

# These change how an answer looks, or another method's, but not what it says.
HARMLESS = frozenset(
    {
        *("user-id", "no-fail-reason", "identity-info", "failure-in-node", "unbalanced-brace"),
        *("gbk", "sign-first", "certificate-sn", "escaped-slashes", "wrong-content-type"),
        # Of trades.
        *("pays-at-once", "create-refused", "query-amount", "query-lags", "notice-lost"),
        *("refund-refused", "refund-pending", "refund-query-lags", "refund-query-old"),
        *("notice-duplicate", "notice-late", "notice-early", "notice-reversed", "notice-forged"),
        *("notice-amount", "notice-other-merchant", "notice-unknown-order"),
    }
)
NOT_DONE = {"throttled": UpstreamReason.TOO_MANY_CALLS}
UNKNOWN = {
    "service-unavailable": UpstreamReason.UNREACHABLE,
    "system-error": UpstreamReason.UNREACHABLE,
    "wrong-node": UpstreamReason.BROKEN_ANSWER,
    "unsigned": UpstreamReason.BROKEN_ANSWER,
    "wrong-signature": UpstreamReason.BROKEN_ANSWER,
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
WITHOUT_EFFECT = {"throttled", "drop-before"}


@dataclass(frozen=True, slots=True)
class Alipay:
    """The sandbox, its people, and our gateway."""

    city: City
    sandbox: Sandbox
    client: AlipayClient

    @property
    def identity(self) -> AlipayIdentity:
        return AlipayIdentity(self.client)

    async def code(self, citizen: int = 0, **rest: str) -> str:
        answer = await self.sandbox.do("auth-codes", citizen=citizen, **rest)
        return str(answer["authCode"])

    async def open_check(self, person: Person, number: str | None = None) -> CertifyTicket:
        return await self.identity.open_check(
            number or uuid4().hex,
            name=person.name,
            identity_number=person.identity_number,
            method=CertifyMethod.FACE,
            return_url="alipays://platformapi/startapp?appId=1",
        )

    async def result(self, certify_id: str, person: Person) -> bool:
        return await self.identity.check_result(
            certify_id, name=person.name, identity_number=person.identity_number
        )


@pytest.fixture(scope="module")
def city() -> City:
    return small_city()


@pytest.fixture(scope="module")
def credentials(tmp_path_factory: pytest.TempPathFactory) -> tuple[AlipayCredentials, Path]:
    folder = tmp_path_factory.mktemp("alipay")
    return AlipayCredentials.load_or_create(folder), folder


@pytest.fixture
async def alipay(city: City, credentials: tuple[AlipayCredentials, Path]) -> AsyncIterator[Alipay]:
    keys, folder = credentials
    async with serving("/alipay", alipay_app(city, keys)) as sandbox:
        wire = AlipayWire.load(
            gateway_url=f"{sandbox.url}/gateway.do",
            app_id=SANDBOX_APP_ID,
            private_key_file=folder / "alipay-app.pem",
            public_key_file=folder / "alipay-platform-public.pem",
            timeout_seconds=0.5,
        )
        async with AlipayClient.open(replace(wire, breaker=PATIENT)) as client:
            yield Alipay(city, sandbox, client)


async def refusal(alipay: Alipay, code: str) -> AuthCodeProblem:
    with pytest.raises(AuthCodeRefused) as raised:
        await alipay.identity.account_of(code)
    assert code not in everything_told(raised.value)
    return raised.value.problem


async def test_everybody_has_one_account(alipay: Alipay) -> None:
    first = await alipay.identity.account_of(await alipay.code(0))
    again = await alipay.identity.account_of(await alipay.code(0))
    other = await alipay.identity.account_of(await alipay.code(1))

    assert first == again
    assert first.open_id != other.open_id
    assert (first.channel, first.app_id) == (Channel.ALIPAY, SANDBOX_APP_ID)
    assert await alipay.sandbox.log() == [(TOKEN, "success")] * 3


async def test_a_code_is_good_once_for_one_app_and_a_while(alipay: Alipay) -> None:
    used = await alipay.code()
    await alipay.identity.account_of(used)
    foreign = await alipay.code(appId="2021999999999999")
    late = await alipay.code()
    await alipay.sandbox.do("clock", advanceSeconds=301)

    for code in (used, foreign, late, "never-given-out", "a&b=c+d%20"):
        assert await refusal(alipay, code) is AuthCodeProblem.INVALID

    log = await alipay.sandbox.log()
    assert log == [(TOKEN, "success"), *[(TOKEN, "40002 isv.code-invalid")] * 5]


async def test_a_check_that_the_right_person_passes(alipay: Alipay) -> None:
    person = alipay.city.citizen(0)
    ticket = await alipay.open_check(person)

    assert not await alipay.result(ticket.certify_id, person)
    await alipay.sandbox.do("certify", certifyId=ticket.certify_id, citizen=0)
    assert await alipay.result(ticket.certify_id, person)
    assert await alipay.sandbox.log() == [
        (INITIALIZE, "10000"),
        (RESULT, "10000"),
        (RESULT, "10000"),
    ]


async def test_a_check_that_somebody_else_tries(alipay: Alipay) -> None:
    person = alipay.city.citizen(0)
    ticket = await alipay.open_check(person)

    await alipay.sandbox.do("certify", certifyId=ticket.certify_id, citizen=1)

    assert not await alipay.result(ticket.certify_id, person)


@pytest.mark.parametrize("outcome", ["fail", "cancel"])
async def test_a_check_that_is_not_passed(alipay: Alipay, outcome: str) -> None:
    person = alipay.city.citizen(0)
    ticket = await alipay.open_check(person)

    await alipay.sandbox.do("certify", certifyId=ticket.certify_id, outcome=outcome)

    assert not await alipay.result(ticket.certify_id, person)


async def test_the_page_of_a_check_opens(alipay: Alipay) -> None:
    person = alipay.city.citizen(0)
    ticket = await alipay.open_check(person)

    async with alipay.sandbox.http.get(ticket.url) as page:
        text = await page.text()

    assert page.status == 200
    assert person.name in text
    assert ticket.certify_id in text


async def test_a_check_that_is_over_or_never_was(alipay: Alipay) -> None:
    person = alipay.city.citizen(0)
    ticket = await alipay.open_check(person)
    await alipay.sandbox.do("certify", certifyId=ticket.certify_id, citizen=0)
    await alipay.sandbox.do("clock", advanceSeconds=90_000)

    assert not await alipay.result(ticket.certify_id, person)
    assert not await alipay.result("f" * 32, person)


@pytest.mark.parametrize(
    ("info", "passed"),
    [
        ("", True),
        ("{}", True),
        ('{"cert_name":"李四","cert_no":"500000199001010015"}', False),
        ('{"cert_no":"500000199001010015"}', False),
    ],
)
async def test_the_person_of_a_check(alipay: Alipay, info: str, passed: bool) -> None:
    person = alipay.city.citizen(0)
    ticket = await alipay.open_check(person)
    await alipay.sandbox.do("certify", certifyId=ticket.certify_id, citizen=0)
    await alipay.sandbox.switch("identity-info", text=info)

    assert await alipay.result(ticket.certify_id, person) is passed


async def test_an_order_number_is_good_once(alipay: Alipay) -> None:
    person, number = alipay.city.citizen(0), uuid4().hex
    await alipay.open_check(person, number)

    with pytest.raises(UpstreamUnavailable) as raised:
        await alipay.open_check(person, number)

    assert raised.value.reason is UpstreamReason.REFUSED
    assert [outcome[:5] for _, outcome in await alipay.sandbox.log()] == ["10000", "40004"]


async def test_every_scenario_has_an_expectation(alipay: Alipay) -> None:
    assert await alipay.sandbox.scenarios() == HARMLESS | NOT_DONE.keys() | UNKNOWN.keys()


@pytest.mark.parametrize("scenario", sorted(HARMLESS))
async def test_what_only_looks_different(alipay: Alipay, scenario: str) -> None:
    person = alipay.city.citizen(0)
    await alipay.sandbox.switch(scenario)

    account = await alipay.identity.account_of(await alipay.code(0))
    ticket = await alipay.open_check(person)
    before = await alipay.result(ticket.certify_id, person)
    await alipay.sandbox.do("certify", certifyId=ticket.certify_id, citizen=0)
    after = await alipay.result(ticket.certify_id, person)

    assert (account.open_id.startswith("2088"), before, after) == (
        *(scenario == "user-id", False),
        True,
    )
    assert await refusal(alipay, "never-given-out") is AuthCodeProblem.INVALID
    assert len(await alipay.sandbox.log()) == 5


@pytest.mark.parametrize("scenario", sorted(NOT_DONE.keys() | UNKNOWN.keys()))
async def test_trouble(alipay: Alipay, scenario: str, caplog: pytest.LogCaptureFixture) -> None:
    person = alipay.city.citizen(0)
    code = await alipay.code(0)
    ticket = await alipay.open_check(person)
    await alipay.sandbox.do("certify", certifyId=ticket.certify_id, citizen=0)
    await alipay.sandbox.switch(scenario)
    listen_to_everything(caplog)

    for call in (
        alipay.identity.account_of(code),
        alipay.open_check(person),
        alipay.result(ticket.certify_id, person),
    ):
        with pytest.raises(UpstreamUnavailable) as raised:
            await call
        told = raised.value
        assert told.upstream is Upstream.ALIPAY
        assert told.reason is {**NOT_DONE, **UNKNOWN}[scenario]
        assert is_not_done(told) == (scenario in NOT_DONE)
        secrets = (code, person.name, person.identity_number, ticket.certify_id)
        seen = everything_told(told) + all_logs(caplog)
        assert not [secret for secret in secrets if secret in seen]
    log = await alipay.sandbox.settled(4)
    assert [method for method, _ in log] == [INITIALIZE, TOKEN, INITIALIZE, RESULT]

    # Whether the code was used up in all that, only Alipay knows.
    await alipay.sandbox.calm()
    if scenario in WITHOUT_EFFECT:
        await alipay.identity.account_of(code)
    else:
        assert await refusal(alipay, code) is AuthCodeProblem.INVALID


async def test_nothing_personal_is_logged_when_all_goes_well(
    alipay: Alipay, caplog: pytest.LogCaptureFixture
) -> None:
    listen_to_everything(caplog)
    person, code = alipay.city.citizen(0), await alipay.code(0)
    account = await alipay.identity.account_of(code)
    ticket = await alipay.open_check(person)
    await alipay.result(ticket.certify_id, person)

    seen = all_logs(caplog) + repr(account) + repr(ticket) + repr(alipay.client)
    secrets = (code, account.open_id, ticket.certify_id, person.name, person.identity_number)
    assert not [secret for secret in secrets if secret in seen]


@pytest.mark.parametrize(
    ("changed", "detail"),
    [
        ({"app_id": "2021999999999999"}, "not signed, code 40002 isv.invalid-app-id"),
        ({"private_key": app_key()}, "40002 isv.invalid-signature"),
    ],
)
async def test_settings_that_are_wrong(
    alipay: Alipay, changed: dict[str, object], detail: str
) -> None:
    wire = replace(alipay.client.wire, **changed)  # type: ignore[arg-type]
    async with AlipayClient.open(wire) as client:
        with pytest.raises(UpstreamUnavailable) as raised:
            await AlipayIdentity(client).account_of(await alipay.code())
    assert raised.value.detail == detail


async def test_a_method_there_is_not(alipay: Alipay) -> None:
    with pytest.raises(AlipayRefused) as raised:
        await alipay.client.call("alipay.trade.fly", biz_content={"a": 1})

    assert (raised.value.code, raised.value.sub_code) == ("40002", "isv.invalid-method")
