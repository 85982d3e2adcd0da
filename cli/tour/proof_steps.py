"""Steps of the tour: the register knows, the receipt proves it, and the books agree."""

from http import HTTPStatus

from cli.books import cleared, trial_balance
from cli.tour.case import Begun
from cli.tour.expectations import expect, given, wait_for
from cli.tour.story import Facts, Story
from domain.money import Money
from domain.receipts import Receipt
from graphql_api.tokens.key_set import KeySet, parse_key_set
from graphql_api.tokens.receipts import genuine_claims

LINES = "query($id: ID!) { payment(id: $id) { lines { decisionNumber registeredAt } } }"
RECEIPT = "query($id: ID!) { payment(id: $id) { receipt { number token pdfUrl } } }"
VERIFY = """
query($token: String!) { verifyReceipt(token: $token) { genuine status number amount { yuan } } }
"""
REGISTERED_SECONDS = 30.0
# A decision's number without its check character, and the register's interface for payments.
NUMBER_LENGTH, PAYMENTS = 15, "04C57"


async def write_back(story: Story, facts: Facts) -> None:
    """The worker has told the register, and the register says so itself."""
    written: list[str] = []
    for begun in _payments(story):

        async def registered(id: str = begun.id) -> Facts | None:
            shown = (await story.ask(story.token(), LINES, id=id)).data["payment"]
            line: Facts = shown["lines"][0]
            return line if line["registeredAt"] else None

        line = await wait_for("registeredAt", registered, REGISTERED_SECONDS)
        number = line["decisionNumber"][:NUMBER_LENGTH]
        facts[f"decision_{number}"] = f"registered at {line['registeredAt']}"
        written += [
            f"paid: decision {one['key']}, serial {one['serial']}"
            for one in await story.written()
            if (one["interface"], one["key"]) == (PAYMENTS, number)
        ]
    facts["in_the_register"] = written
    expect(len(written) == len(story.case.payments), "each payment once", written)


async def receipt(story: Story, facts: Facts) -> None:
    """A receipt can be checked without asking us; one changed character and it is none."""
    begun = _payments(story)[0]
    shown = (await story.ask(story.token(), RECEIPT, id=begun.id)).data["payment"]["receipt"]
    token, keys = str(shown["token"]), await _published_keys(story)
    claims = genuine_claims(token, keys)
    expect(claims is not None, "a genuine receipt by the published keys", shown)
    said = Receipt.of_claims(given(claims, "the receipt"))
    facts["number"] = said.number
    facts["offline"] = f"genuine, {said.amount.yuan} yuan for {said.lines[0].number}"
    expect(said.amount == Money(begun.fen), f"{begun.fen} fen", said.amount)

    verdict = (await story.ask(None, VERIFY, token=token)).data["verifyReceipt"]
    facts["online"] = verdict["status"]
    expect(verdict["status"] == "VALID", "VALID", verdict)

    forged = _with_one_other_character(token)
    verdict = (await story.ask(None, VERIFY, token=forged)).data["verifyReceipt"]
    facts["with_one_other_character"] = verdict["status"]
    expect(genuine_claims(forged, keys) is None, "not genuine offline", forged)
    expect(verdict["status"] == "NOT_GENUINE", "NOT_GENUINE", verdict)

    async with story.http.get(shown["pdfUrl"]) as response:
        page = await response.read()
    facts["pdf"] = f"{len(page)} bytes"
    expect(page.startswith(b"%PDF"), "a PDF", page[:100])


async def ledger(story: Story, facts: Facts) -> None:
    """Debits equal credits, and the channels owe exactly what was paid through them."""
    before = given(story.case.cleared_before, "the books before")
    trial = await trial_balance(story.settings)
    facts["debits_less_credits"] = _yuan(trial.difference)
    expect(trial.difference == 0, "balanced books", trial.difference)
    after = await cleared(story.settings)
    for begun in _payments(story):
        grown = after[begun.clearing] - before[begun.clearing]
        facts[begun.clearing.value] = f"{_yuan(grown)} more, {_yuan(after[begun.clearing])} in all"
        # Where others pay as well it may be more.
        right = grown == begun.fen if story.is_alone else grown >= begun.fen
        expect(right, f"{begun.fen} fen more", grown)


def _payments(story: Story) -> list[Begun]:
    expect(bool(story.case.payments), "a payment of a step before", "nothing")
    return story.case.payments


async def _published_keys(story: Story) -> KeySet:
    async with story.http.get(f"{story.api_url}/.well-known/receipt-keys.json") as response:
        expect(response.status == HTTPStatus.OK, "the keys of receipts", response.status)
        return parse_key_set(await response.read())


def _with_one_other_character(token: str) -> str:
    """Inside the claims, where every character counts."""
    place = token.index(".") + 20
    return token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]


def _yuan(fen: int) -> str:
    return f"{Money(fen).yuan} yuan"
