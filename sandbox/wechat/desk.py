"""The desk where calls are answered: the methods, and whatever scenario is on."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from sandbox.city import City
from sandbox.platforms.clock import ForwardClock
from sandbox.platforms.log import NO_EFFECT, CallLog, LoggedCall
from sandbox.platforms.scenario import Active, Reply
from sandbox.platforms.switchboard import Switchboard
from sandbox.wechat import answers
from sandbox.wechat.answers import Answer, Refused
from sandbox.wechat.logins import Logins
from sandbox.wechat.scenarios import SCENARIOS, busy
from sandbox.wechat.settings import WechatSandboxSettings

JSCODE2SESSION = "jscode2session"
METHODS = frozenset({JSCODE2SESSION})


@dataclass(slots=True)
class Desk:
    """Everything the sandbox remembers between calls."""

    city: City
    clock: ForwardClock
    logins: Logins
    switchboard: Switchboard[Answer] = field(
        default_factory=lambda: Switchboard(SCENARIOS, METHODS)
    )
    log: CallLog = field(default_factory=CallLog)

    @classmethod
    def open(cls, city: City, settings: WechatSandboxSettings) -> "Desk":
        clock = ForwardClock(settings.clock)
        return cls(city, clock, Logins.open(settings, clock))

    def login(self, verb: str, query: Mapping[str, str], active: Sequence[Active[Answer]]) -> Reply:
        """What `/sns/jscode2session` answers."""

        def session() -> Answer:
            if verb != "GET":
                raise Refused(43001, "require GET method")
            return self.logins.session(query)

        return self._serve(JSCODE2SESSION, session, active)

    def _serve(
        self, method: str, work: Callable[[], Answer], active: Sequence[Active[Answer]]
    ) -> Reply:
        effect = all(one.parameters["effect"] for one in active)
        try:
            answer = work() if effect else busy()
        except Refused as refused:
            answer = refused.answer()
        names = tuple(one.scenario.name for one in active)
        outcome = answers.outcome(answer) if effect else NO_EFFECT
        self.log.note(LoggedCall(method, outcome, self.clock(), names))
        for one in active:
            if one.scenario.answer:
                answer = one.scenario.answer(answer, one.parameters)
        return answers.reply(answer)
