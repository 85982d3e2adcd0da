"""Documents and steps for tests of accepting violations."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import text

from sandbox.city import CameraRecord, Person
from tests.graphql.queries import bind_all
from tests.stack import Api, Json, Register, TestClock

REFUSED = "... on Refused { refusals { code violationId } }"
PREVIEW = """
  hash validUntil rights
  items { violation { id } fine { yuan } points decisionText
    deadlines { payBy reconsiderationBy reconsiderationFirst litigationBy } }
  totals { fine { yuan } points forecast { pointsBefore pointsAfter reachesLimit } }
"""
DECISION = "number decidedAt servedAt fine { yuan } points status text"
PREVIEW_ACCEPTANCE = f"""mutation($input: PreviewAcceptanceInput!) {{
  previewAcceptance(input: $input) {{ __typename
    ... on PreviewAcceptanceSuccess {{ preview {{ {PREVIEW} }} }} {REFUSED} }} }}"""
ACCEPT = f"""mutation($input: AcceptViolationsInput!) {{
  acceptViolations(input: $input) {{ __typename
    ... on AcceptViolationsSuccess {{ acceptance {{ id confirmedAt
      items {{ status problem violation {{ id status }} decision {{ {DECISION} }} }} }} }}
    ... on PreviewChanged {{ preview {{ {PREVIEW} }} }} {REFUSED} }} }}"""
LIST = f"""{{ viewer {{ violations(first: 50) {{ nodes {{
  id status occurredAt code {{ code }} fine {{ yuan }} points plate {{ number }}
  acceptance {{ acceptanceId confirmedAt status problem }}
  statements {{ number status }}
  eligibility {{ allowed refusals {{ code message nextStep }} }}
  decision {{ {DECISION} }} }} }} }} }}"""
SUBMIT = """mutation($input: SubmitStatementInput!) { submitStatement(input: $input) { __typename
  ... on SubmitStatementSuccess { statement {
    id number kind ground text status submittedAt answerDueOn endedAt } }
  ... on Refused { refusals { code message violationId } } } }"""
WITHDRAW = """mutation($input: WithdrawStatementInput!) { withdrawStatement(input: $input) {
  __typename
  ... on WithdrawStatementSuccess { statement { number status endedAt } }
  ... on Refused { refusals { code message } } } }"""


@dataclass(slots=True)
class Accepting:
    """A citizen with bound vehicles and a face just verified, before the register."""

    api: Api
    register: Register
    clock: TestClock
    person: Person

    async def ask(self, query: str, *, token: str | None = None, **variables: Json) -> Json:
        """One operation in English; the whole answer."""
        body = {"query": query, "variables": variables}
        given = token or self.token()
        response = await self.api.post(body, given, **{"accept-language": "en"})
        assert response.status_code == 200, response.text
        return response.json()

    def token(self, **changed: Json) -> str:
        """A token of this minute; `changed` claims win."""
        fresh = {"auth_time": int(self.clock.now.timestamp())}
        return self.api.token(self.person, **(fresh | changed))

    async def violations(self) -> list[Any]:
        answer = await self.ask(LIST)
        assert "errors" not in answer, answer
        nodes: list[Any] = answer["data"]["viewer"]["violations"]["nodes"]
        return nodes

    async def violation(self, violation_id: str) -> Any:
        return next(one for one in await self.violations() if one["id"] == violation_id)

    async def ids(self, *records: CameraRecord) -> list[str]:
        """The ids of camera records, in their order."""
        at = {one["occurredAt"]: one["id"] for one in await self.violations()}
        return [
            at[record.occurred_at.astimezone(tz=self.clock.now.tzinfo).isoformat()]
            for record in records
        ]

    async def preview(self, *ids: str) -> Any:
        answer = await self.ask(PREVIEW_ACCEPTANCE, input={"violationIds": list(ids)})
        assert "errors" not in answer, answer
        return answer["data"]["previewAcceptance"]

    async def hash(self, *ids: str) -> str:
        result = await self.preview(*ids)
        return str(result["preview"]["hash"])

    def input(self, preview_hash: str, *ids: str, key: str = "first-yes") -> Json:
        return {"violationIds": list(ids), "previewHash": preview_hash, "idempotencyKey": key}

    async def accept(self, preview_hash: str, *ids: str, key: str = "first-yes") -> Any:
        answer = await self.ask(ACCEPT, input=self.input(preview_hash, *ids, key=key))
        assert "errors" not in answer, answer
        return answer["data"]["acceptViolations"]

    async def sweep(self, **later: float) -> int:
        """A worker looks for what is due, after a while."""
        self.clock.advance(**later)
        return await self.api.running.chores.sweep()

    async def writes(self) -> list[tuple[str, str]]:
        """What really changed in the register: interface and record."""
        async with self.register.http.get(f"{self.register.url}/control/writes") as response:
            found = (await response.json())["writes"]
        return [(one["interface"], one["key"]) for one in found]

    async def rows(self, table: str) -> int:
        async with self.api.running.db.read() as connection:
            count = await connection.execute(text(f"SELECT count(*) FROM {table}"))
            return int(count.scalar_one())


async def accepting(api: Api, register: Register, clock: TestClock, person: Person) -> Accepting:
    """Bind the vehicles; the register's day is that of the clock."""
    await bind_all(api, person)
    today = (clock.now + timedelta(hours=8)).date()
    await register.change("today", date=today.isoformat())
    return Accepting(api, register, clock, person)


def open_records(person: Person) -> list[CameraRecord]:
    """The records of a citizen that nobody has handled."""
    return [one for vehicle in person.vehicles for one in vehicle.records if one.handled == "0"]
