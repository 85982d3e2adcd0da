"""Officers at the finance desk: the documents, and tasks and discrepancies for them to see to."""

from dataclasses import dataclass
from datetime import date

from domain.discrepancies import DiscrepancyKind, DiscrepancyState
from domain.platforms import Channel
from domain.tasks import TaskKind
from services.discrepancies import Found
from services.tasks import ask_people
from tests.stack import Api, Json

TASK = """
  id kind subject reason nextStep openedAt owner isMine outcome closedAt
  history { totalCount nodes { action actor note at } }
"""
TASKS = f"""query($filter: TaskFilter, $direction: OrderDirection! = ASC, $first: Int! = 20,
    $after: String) {{ finance {{
  tasks(filter: $filter, direction: $direction, first: $first, after: $after) {{
    totalCount nodes {{ {TASK} }} pageInfo {{ hasNextPage hasPreviousPage endCursor }} }} }} }}"""
ONE_TASK = f"query($id: ID!) {{ finance {{ task(id: $id) {{ {TASK} }} }} }}"
STEP = (
    """mutation($input: %sTaskInput!) { %sTask(input: $input) { __typename
  ... on %sTaskSuccess { task { """
    + TASK
    + """ } }
  ... on Refused { refusals { code } } } }"""
)
DISCREPANCIES = """query($filter: DiscrepancyFilter, $direction: OrderDirection! = ASC,
    $first: Int! = 20, $after: String) { finance {
  discrepancies(filter: $filter, direction: $direction, first: $first, after: $after) {
    totalCount pageInfo { hasNextPage hasPreviousPage endCursor }
    nodes { number channel day kind subject place ours { fen } theirs { fen }
      suspense { fen yuan } state foundAt endedAt } } } }"""
SUSPENSE = """{ finance { suspense {
  balance { fen } explained { fen } difference { fen } } } }"""
DAY = date(2026, 11, 1)


def step(verb: str) -> str:
    """The mutation of a step: take, release, note, close."""
    return STEP % (verb.capitalize(), verb, verb.capitalize())


@dataclass(frozen=True, slots=True)
class Desk:
    """One officer."""

    api: Api
    subject: str = "officer-1"
    role: str = "finance"

    @property
    def token(self) -> str:
        """A token of the officer."""
        audience = self.api.settings.officer_audience
        return self.api.token(aud=audience, sub=self.subject, roles=[self.role], acr=None)

    @property
    def actor(self) -> str:
        """How histories name the officer."""
        return f"{self.api.settings.own_issuer}|{self.subject}"

    async def ask(self, query: str, *, language: str = "en", **variables: Json) -> Json:
        """One operation; the whole answer."""
        body = {"query": query, "variables": variables}
        response = await self.api.post(body, self.token, **{"accept-language": language})
        assert response.status_code == 200, response.text
        return response.json()

    async def see(self, query: str, **variables: Json) -> Json:
        """What the finance desk answers."""
        answer = await self.ask(query, **variables)
        assert "errors" not in answer, answer
        return answer["data"]["finance"]

    async def do(self, verb: str, **given: Json) -> Json:
        """One step with a task; the result."""
        answer = await self.ask(step(verb), input=given)
        assert "errors" not in answer, answer
        return answer["data"][f"{verb}Task"]

    async def tasks(self, **filter: Json) -> list[Json]:
        """The tasks of a filter, the oldest first."""
        found: list[Json] = (await self.see(TASKS, filter=filter))["tasks"]["nodes"]
        return found


async def open_task(api: Api, subject: str, kind: TaskKind = TaskKind.PAYMENT_UNKNOWN) -> None:
    """Something that people have to see to."""
    async with api.running.db.begin() as connection:
        await ask_people(connection, kind, subject, api.running.services.clock())


async def find_discrepancy(
    api: Api,
    subject: str,
    fen: int,
    *,
    kind: DiscrepancyKind = DiscrepancyKind.UNKNOWN_PAYMENT,
    state: DiscrepancyState = DiscrepancyState.OPEN,
    day: date = DAY,
    channel: Channel = Channel.ALIPAY,
) -> None:
    """Something that does not agree."""
    found = Found(channel, day, kind, subject, place=7, theirs_fen=abs(fen), fen=fen, state=state)
    async with api.running.db.begin() as connection:
        assert await api.running.paying.discrepancies.note(connection, found)
