"""The desk where calls are answered: access, search, and whatever scenario is on."""

from dataclasses import dataclass, field, replace
from random import Random

from sandbox.city import CameraRecord, City, Decision
from sandbox.police.access import Access
from sandbox.police.answers import Answer, Row, refused
from sandbox.police.calls import CallLog, LoggedCall, LoggedWrite, WriteLog, subject_of
from sandbox.police.documents import BadDocument, Document, encoded, read_document, to_xml
from sandbox.police.interfaces import QUERIES, answer_query
from sandbox.police.records import Records
from sandbox.police.scenarios import Active, Situation
from sandbox.police.services import Call
from sandbox.police.settings import PoliceSandboxSettings
from sandbox.police.switchboard import Switchboard, magic_of
from sandbox.police.writes import answer_write

_NOT_OPEN = "接口{}未开通查询服务"
_BAD_DOCUMENT = refused("-12", "XML文档格式错误")


@dataclass(frozen=True, slots=True)
class Visit:
    """One call that was received: what it asks, and the scenarios it meets."""

    call: Call
    document: Document | None
    address: str
    subject: str
    earlier_calls: int
    active: tuple[Active, ...]


@dataclass(slots=True)
class Desk:
    """Everything the sandbox remembers between calls."""

    settings: PoliceSandboxSettings
    records: Records
    access: Access
    calls: CallLog = field(default_factory=CallLog)
    writes: WriteLog = field(default_factory=WriteLog)
    switchboard: Switchboard = field(default_factory=Switchboard)
    latency: Random = field(default_factory=Random)

    @classmethod
    def open(cls, city: City, settings: PoliceSandboxSettings) -> "Desk":
        return cls(
            settings=settings,
            records=Records(city, settings.today, settings.clock if settings.is_live else None),
            access=Access(settings),
            latency=Random(settings.latency_seed),  # noqa: S311 - only spreads delays
        )

    def receive(self, call: Call, address: str) -> Visit:
        """Note the call in the truth log, and look up what is going to happen to it."""
        try:
            document = read_document(call.document)
        except BadDocument:
            document = None
        asked = document.values if document else {}
        subject = subject_of(asked)
        active = tuple(self.switchboard.take(call.interface, self._plate(call, asked)))
        earlier = self.calls.earlier(call.interface, subject)
        names = tuple(one.scenario.name for one in active)
        now = self.settings.clock()
        self.calls.note(LoggedCall(call.interface, subject, now, names))
        return Visit(call, document, address, subject, earlier, active)

    def wait_seconds(self, visit: Visit) -> float:
        waits = (
            one.scenario.wait_seconds(self.situation(visit, one))
            for one in visit.active
            if one.scenario.wait_seconds
        )
        return self.latency.uniform(*self.settings.latency_seconds) + sum(waits)

    def text(self, visit: Visit) -> str:
        """The answer string."""
        document = to_xml(self._answer(visit))
        for one in visit.active:
            if one.scenario.document:
                document = one.scenario.document(document)
        encode = next((e for one in visit.active if (e := one.scenario.encode)), encoded)
        return encode(document)

    def situation(self, visit: Visit, active: Active) -> Situation:
        return Situation(
            interface=visit.call.interface,
            subject=visit.subject,
            earlier_calls=visit.earlier_calls,
            parameters=active.parameters,
            records=self.records,
        )

    def _answer(self, visit: Visit) -> Answer:
        refusal = self.access.refusal(visit.call, visit.address)
        if refusal:
            return refusal
        answer = self._with_magic_rows(self._found(visit), visit)
        for one in visit.active:
            if one.scenario.answer:
                answer = one.scenario.answer(answer, self.situation(visit, one))
        # Whatever a scenario does to rows: the answer to a write is a head.
        return replace(answer, rows=None, row_count=None) if visit.call.writes else answer

    def _found(self, visit: Visit) -> Answer:
        if visit.document is None:
            return _BAD_DOCUMENT
        if visit.call.writes:
            return self._written(visit, visit.document)
        if visit.call.interface not in QUERIES:
            return refused("-8", _NOT_OPEN.format(visit.call.interface))
        return answer_query(self.records, visit.call.interface, visit.document.values)

    def _written(self, visit: Visit, document: Document) -> Answer:
        if not all(one.lets_write for one in visit.active):
            return Answer()
        answer, effect = answer_write(self.records, visit.call.interface, document)
        if effect:
            now = self.settings.clock()
            self.writes.note(LoggedWrite(visit.call.interface, effect.key, now, effect.serial))
        return answer

    def _with_magic_rows(self, answer: Answer, visit: Visit) -> Answer:
        """A list of decisions has rows of many plates: each magic one changes its own."""
        if visit.call.interface != "04C01" or not answer.rows:
            return answer
        by_plate: dict[str, list[Row]] = {}
        for row in answer.rows:
            by_plate.setdefault(row["hphm"], []).append(row)
        rows: list[Row] = []
        for plate, own in by_plate.items():
            magic = magic_of("04C01", plate)
            if magic and magic.scenario.answer:
                part = replace(answer, rows=tuple(own), row_count=len(own))
                part = magic.scenario.answer(part, self.situation(visit, magic))
                own = list(part.rows or ())
            rows += own
        return replace(answer, rows=tuple(rows), row_count=len(rows))

    def _plate(self, call: Call, asked: dict[str, str]) -> str:
        """The plate a call is about, for scenarios that belong to one."""
        if asked.get("hphm"):
            return asked["hphm"]
        subject: CameraRecord | Decision | None = None
        if asked.get("xh"):
            subject = self.records.camera_record(asked["xh"])
        elif call.writes:
            subject = self.records.decision(asked.get("jdsbh", ""))
        return subject.plate_number if subject else ""
