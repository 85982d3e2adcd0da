"""The desk where calls are answered: the gate, the methods, and whatever scenario is on."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from sandbox.alipay import answers, failures
from sandbox.alipay.answers import Answer, Node
from sandbox.alipay.calls import Call, charset_of
from sandbox.alipay.certify import Certify
from sandbox.alipay.checks import CheckBook
from sandbox.alipay.credentials import AlipayCredentials
from sandbox.alipay.failures import Failure, Refused
from sandbox.alipay.gate import Gate
from sandbox.alipay.logins import Logins
from sandbox.alipay.pages import failure_page
from sandbox.alipay.scenarios import SCENARIOS
from sandbox.alipay.settings import AlipaySandboxSettings
from sandbox.city import City
from sandbox.platforms.clock import ForwardClock
from sandbox.platforms.log import NO_EFFECT, CallLog, LoggedCall
from sandbox.platforms.scenario import Active, Reply
from sandbox.platforms.switchboard import Switchboard


@dataclass(slots=True)
class Desk:
    """Everything the sandbox remembers between calls."""

    city: City
    clock: ForwardClock
    key: RSAPrivateKey
    gate: Gate
    logins: Logins
    checks: CheckBook
    methods: Mapping[str, Callable[[Call], Node]]
    pages: Mapping[str, Callable[[Call], Reply]]
    switchboard: Switchboard[Answer]
    log: CallLog = field(default_factory=CallLog)

    @classmethod
    def open(
        cls, city: City, credentials: AlipayCredentials, settings: AlipaySandboxSettings
    ) -> "Desk":
        clock = ForwardClock(settings.clock)
        logins = Logins.open(settings, clock)
        certify = Certify(CheckBook(settings.certify_seconds, clock))
        methods = {
            "alipay.system.oauth.token": logins.token,
            "alipay.user.certify.open.initialize": certify.initialize,
            "alipay.user.certify.open.query": certify.query,
        }
        pages = {"alipay.user.certify.open.certify": certify.page}
        known = frozenset({*methods, *pages})
        gate = Gate(
            credentials.app_id,
            credentials.app_public_key(),
            known,
            settings.timestamp_tolerance_seconds,
            settings.clock,
        )
        return cls(
            city=city,
            clock=clock,
            key=credentials.platform_private_key(),
            gate=gate,
            logins=logins,
            checks=certify.checks,
            methods=methods,
            pages=pages,
            switchboard=Switchboard(SCENARIOS, known),
        )

    def serve(self, parameters: Mapping[str, str], active: Sequence[Active[Answer]]) -> Reply:
        """What a call is answered; without effect if a scenario takes it away."""
        method, charset = parameters.get("method", ""), charset_of(parameters)
        effect = all(one.parameters["effect"] for one in active)
        try:
            if not effect:
                raise Refused(failures.UNAVAILABLE)
            reply, outcome = self._done(method, self.gate.admit(parameters), active)
        except Refused as refused:
            reply, outcome = self._refused(method, refused.failure, charset, active)
        names = tuple(one.scenario.name for one in active)
        outcome = outcome if effect else NO_EFFECT
        self.log.note(LoggedCall(method, outcome, self.clock(), names))
        return reply

    def _done(self, method: str, call: Call, active: Sequence[Active[Answer]]) -> tuple[Reply, str]:
        if method in self.pages:
            return self.pages[method](call), "page"
        answer = answers.succeeded(method, self.methods[method](call), call.charset)
        return self._written(answer, active), answer.outcome

    def _refused(
        self, method: str, failure: Failure, charset: str, active: Sequence[Active[Answer]]
    ) -> tuple[Reply, str]:
        answer = answers.failed(method, failure, charset)
        if method in self.pages:
            return failure_page(failure, charset), answer.outcome
        return self._written(answer, active), answer.outcome

    def _written(self, answer: Answer, active: Sequence[Active[Answer]]) -> Reply:
        for one in active:
            if one.scenario.answer:
                answer = one.scenario.answer(answer, one.parameters)
        return answers.reply(answer, self.key)
