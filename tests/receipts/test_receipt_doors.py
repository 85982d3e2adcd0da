"""Receipts over HTTP: verified by everybody, fetched as PDF with a ticket."""

import base64
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
import strawberry
from strawberry.schema.config import StrawberryConfig

from domain.money import Money
from domain.payments import PaymentStatus
from domain.principals import Anonymous
from domain.receipts import Receipt
from domain.refunds import RefundStatus
from domain.texts import Language
from graphql_api.tokens.key_rotation import add_key
from graphql_api.tokens.receipts import ReceiptIssuer
from models.payment import ItemState
from resolvers import receipt as types
from resolvers.context import Context, Info
from resolvers.values import FEN, Fen
from runtime.receipt_keys import receipt_keys_dir
from services.receipt_pdf import qr_svg
from services.receipts import ReceiptService
from tests.receipts.kit import ISSUER, claims, receipt
from tests.receipts.rows import Rows
from tests.stack import Api, TestClock

VERIFY = """query ($token: String!) { verifyReceipt(token: $token) {
    genuine status number amount { fen yuan } paidAt
    decisions { number principal { fen } surcharge { fen } annulled } } }"""
NOTHING = {
    "genuine": False,
    "status": "NOT_GENUINE",
    "number": None,
    "amount": None,
    "paidAt": None,
    "decisions": [],
}


@pytest.fixture
def rows(api: Api) -> Rows:
    return Rows(api.running.db)


@pytest.fixture
def service(api: Api) -> ReceiptService:
    return api.running.services.receipts


async def verify(api: Api, token: str) -> Any:
    answer = await api.ask(VERIFY, token=token)
    assert list(answer) == ["data"], answer
    return answer["data"]["verifyReceipt"]


def told(status: str, annulled: tuple[bool | None, bool | None]) -> dict[str, Any]:
    """The whole answer about the receipt of two decisions."""
    return {
        "genuine": True,
        "status": status,
        "number": "CW20261122A7K3M9PQ4T2X",
        "amount": {"fen": 40600, "yuan": "406.00"},
        "paidAt": "2026-11-22T04:30:05+00:00",
        "decisions": [
            {
                "number": "500100110000000",
                "principal": {"fen": 20000},
                "surcharge": {"fen": 0},
                "annulled": annulled[0],
            },
            {
                "number": "5001011100000018",
                "principal": {"fen": 20000},
                "surcharge": {"fen": 600},
                "annulled": annulled[1],
            },
        ],
    }


async def test_a_receipt_verifies_in_one_statement(
    api: Api, rows: Rows, service: ReceiptService
) -> None:
    await rows.pay(receipt(2))
    await rows.decide("500100110000000", annulled=False)
    token = service.token(receipt(2))
    api.statements.clear()

    assert await verify(api, token) == told("VALID", (False, None))
    assert len(api.statements) == 1


async def test_what_is_not_genuine_is_told_nothing_and_costs_no_statement(
    api: Api, rows: Rows, service: ReceiptService
) -> None:
    await rows.pay(receipt(2))
    token = service.token(receipt(2))
    head, said, signature = token.split(".")
    dearer = replace(receipt(2), amount=Money(1))
    api.statements.clear()

    for text in (
        "",
        "x",
        "凭证",
        token[:-1],
        token + ".",
        f"{head}.{said}.{signature[::-1]}",
        f"{head}.{service.token(receipt(1)).split('.')[1]}.{signature}",
        # Signed by us, but nothing that a receipt says.
        service.tokens.sign(claims(sub="u-1")),
        service.tokens.sign({}),
        service.token(dearer),
        api.token(),
    ):
        assert await verify(api, text) == NOTHING, text
    assert api.statements == []


@pytest.mark.parametrize(
    ("payment", "item", "status"),
    [
        # What was given back is what refunds say.
        ({"status": PaymentStatus.REFUNDING}, {}, "VALID"),
        ({}, {"state": ItemState.SURPLUS}, "VALID"),
        # Nothing of the kind ever happens: then we do not vouch for it.
        ({"status": PaymentStatus.EXPIRED}, {}, "UNKNOWN"),
        ({"amount_fen": 40599}, {}, "UNKNOWN"),
        ({}, {"principal_fen": 20001}, "UNKNOWN"),
        ({}, {"surcharge_fen": 599}, "UNKNOWN"),
        ({}, {"check_character": "9"}, "UNKNOWN"),
    ],
)
async def test_what_happened_since(
    api: Api,
    rows: Rows,
    service: ReceiptService,
    payment: dict[str, Any],
    item: dict[str, Any],
    status: str,
) -> None:
    token = service.token(receipt(2))
    await rows.pay(receipt(2))
    if payment:
        await rows.change_payment(receipt().number, **payment)
    if item:
        await rows.change_item("500101110000001", **item)

    assert await verify(api, token) == told(status, (None, None))


DONE, UNDER_WAY = RefundStatus.SUCCEEDED, RefundStatus.PROCESSING
FAILED, ABNORMAL = RefundStatus.FAILED, RefundStatus.ABNORMAL


@pytest.mark.parametrize(
    ("refunds", "status"),
    [
        ([(DONE, (0, 20000, 0), (1, 20000, 600))], "REFUNDED"),
        ([(UNDER_WAY, (0, 20000, 0), (1, 20000, 600))], "REFUNDED"),
        ([(ABNORMAL, (0, 20000, 0), (1, 20000, 600))], "REFUNDED"),
        (
            [(DONE, (1, 0, 600)), (DONE, (0, 20000, 0), (1, 19999, 0)), (DONE, (1, 1, 0))],
            "REFUNDED",
        ),
        ([(DONE, (0, 20000, 0), (1, 20000, 599))], "PARTLY_REFUNDED"),
        ([(UNDER_WAY, (1, 1, 0))], "PARTLY_REFUNDED"),
        ([(DONE, (0, 20000, 0)), (FAILED, (1, 20000, 600))], "PARTLY_REFUNDED"),
        ([(FAILED, (0, 20000, 0), (1, 20000, 600))] * 2, "VALID"),
    ],
)
async def test_what_went_back(
    api: Api, rows: Rows, service: ReceiptService, refunds: list[Any], status: str
) -> None:
    """On its way counts, too: nobody shall be shown a receipt for money that is leaving."""
    payment_id = await rows.pay(receipt(2))
    for standing, *lines in refunds:
        await rows.give_back(payment_id, standing, *lines)
        if standing in (UNDER_WAY, ABNORMAL):
            await rows.change_payment(receipt().number, status=PaymentStatus.REFUNDING)

    assert await verify(api, service.token(receipt(2))) == told(status, (None, None))


async def test_an_annulled_decision_shows(api: Api, rows: Rows, service: ReceiptService) -> None:
    token = service.token(receipt(2))
    payment_id = await rows.pay(receipt(2))
    await rows.decide("500100110000000", annulled=False)
    # One decision may be about several acts.
    await rows.decide("500101110000001", annulled=False)
    await rows.decide("500101110000001", annulled=True)
    await rows.decide("500109110000001", annulled=True)

    assert await verify(api, token) == told("ANNULLED", (False, True))

    await rows.give_back(payment_id, DONE, (1, 20000, 600))
    assert await verify(api, token) == told("PARTLY_REFUNDED", (False, True))
    await rows.give_back(payment_id, DONE, (0, 20000, 0))
    assert await verify(api, token) == told("REFUNDED", (False, True))


async def test_a_genuine_receipt_of_a_payment_we_do_not_know(
    api: Api, service: ReceiptService
) -> None:
    assert await verify(api, service.token(receipt(2))) == told("UNKNOWN", (None, None))


async def test_old_receipts_verify_after_a_rotation(
    api: Api, rows: Rows, service: ReceiptService, clock: TestClock
) -> None:
    await rows.pay(receipt(2))
    old = service.token(receipt(2))
    folder = receipt_keys_dir(api.settings)
    clock.advance(days=365)
    added = add_key(folder, clock.now, wait=timedelta(minutes=11), algorithm="ES256")
    issuer = ReceiptIssuer.load(folder, create=False, clock=clock)
    try:
        published = (await api.http.get("/.well-known/receipt-keys.json")).json()
        assert published.keys() == {"keys"}
        assert all("d" not in key for key in published["keys"])
        assert await verify(api, old) == told("VALID", (None, None))
        clock.advance(minutes=12)
        assert issuer.sign(receipt(2).claims(ISSUER)) != old
        assert issuer.genuine_claims(old) == receipt(2).claims(ISSUER)
    finally:
        (folder / f"{added.signs_from:%Y%m%dT%H%M%SZ}.pem").unlink()


async def test_the_published_keys(api: Api) -> None:
    response = await api.http.get("/.well-known/receipt-keys.json")

    assert response.status_code == 200
    assert response.headers["cache-control"] == "public, max-age=60"
    (key,) = response.json()["keys"]
    assert sorted(key) == ["alg", "crv", "kid", "kty", "use", "x", "y"]
    assert (key["alg"], key["crv"], key["kty"], key["use"]) == ("ES256", "P-256", "EC", "sig")
    # Whoever trusts our access tokens does not trust receipts.
    others = (await api.http.get("/.well-known/jwks.json")).json()["keys"]
    assert key["kid"] not in {other["kid"] for other in others}


async def test_the_receipts_of_many_payments_at_once(
    api: Api, rows: Rows, service: ReceiptService
) -> None:
    one, other = receipt(2), _other(3)
    unpaid = replace(_other(1), number="CW3", lines=(_line("500199110000001"),))
    ids = [
        await rows.pay(one),
        await rows.pay(other),
        await rows.pay(unpaid, PaymentStatus.AWAITING),
    ]
    api.statements.clear()

    assert await service.of_payments(ids) == {ids[0]: one, ids[1]: other}
    assert len(api.statements) == 1
    assert await service.of_payments([]) == {}


@strawberry.type
class _Query(types.ReceiptQueries):
    @strawberry.field
    def receipt(self, info: Info) -> types.Receipt:
        return types.Receipt.of(receipt(2), info)


@pytest.fixture
async def shown(api: Api, rows: Rows) -> dict[str, Any]:
    """A receipt as a payment shows it."""
    await rows.pay(receipt(2))
    schema = strawberry.Schema(_Query, config=StrawberryConfig(scalar_map={Fen: FEN}))
    context = Context(api.running.services, Anonymous(), Language.EN, "http://testserver")
    query = "{ receipt { number issuedAt token qrSvg pdfUrl pdfUrlExpiresAt } }"
    answer = await schema.execute(query, context_value=context)
    assert answer.errors is None
    assert answer.data is not None
    shown: dict[str, Any] = answer.data["receipt"]
    return shown


async def test_a_receipt_as_a_payment_shows_it(
    api: Api, shown: dict[str, Any], service: ReceiptService, clock: TestClock
) -> None:
    token = service.token(receipt(2))
    assert shown == {
        "number": "CW20261122A7K3M9PQ4T2X",
        "issuedAt": "2026-11-22T04:30:05+00:00",
        "token": token,
        "qrSvg": qr_svg(token),
        "pdfUrl": shown["pdfUrl"],
        "pdfUrlExpiresAt": (clock.now + timedelta(minutes=5)).isoformat(),
    }
    assert await verify(api, shown["token"]) == told("VALID", (None, None))


async def get(api: Api, url: str, **headers: str) -> Any:
    return await api.http.get(urlsplit(url).path, headers=headers)


async def test_the_pdf_needs_the_ticket_and_nothing_else(api: Api, shown: dict[str, Any]) -> None:
    assert shown["pdfUrl"].startswith("http://testserver/receipts/")
    api.statements.clear()

    response = await get(api, shown["pdfUrl"])

    assert response.status_code == 200
    assert {name: response.headers[name] for name in sorted(response.headers)} == {
        "cache-control": "private, no-store",
        "content-disposition": 'inline; filename="receipt.pdf"',
        "content-length": str(len(response.content)),
        "content-type": "application/pdf",
        "x-content-type-options": "nosniff",
    }
    assert response.content.startswith(b"%PDF-")
    assert len(api.statements) == 1
    assert (await get(api, shown["pdfUrl"])).content == response.content


async def test_a_ticket_ends_with_its_five_minutes(
    api: Api, shown: dict[str, Any], clock: TestClock
) -> None:
    assert datetime.fromisoformat(shown["pdfUrlExpiresAt"]) == clock.now + timedelta(minutes=5)
    clock.advance(minutes=5)
    assert (await get(api, shown["pdfUrl"])).status_code == 200
    clock.advance(seconds=1)
    api.statements.clear()

    response = await get(api, shown["pdfUrl"], **{"accept-language": "en"})

    assert response.status_code == 403
    assert response.headers["cache-control"] == "private, no-store"
    (error,) = response.json()["errors"]
    assert error["extensions"] == {"code": "BAD_REQUEST"}
    assert api.statements == []


async def test_a_forged_ticket_opens_nothing(api: Api, shown: dict[str, Any]) -> None:
    good = shown["pdfUrl"].rpartition("/")[2]
    raw = base64.urlsafe_b64decode(good + "=" * (-len(good) % 4))
    other = raw.replace(b"CW2026", b"CW2025", 1)
    later = raw[:16] + raw[16:].replace(b"2026-11-02", b"2027-11-02")
    assert len({raw, other, later}) == 3
    forged = [
        *(good[:n] for n in (1, 2, 5, 22, len(good) - 2)),
        good[::-1],
        "%00",
        "%FF%FE",
        "é",
        "A" * 5000,
        *(base64.urlsafe_b64encode(one).decode() for one in (other, later, raw[16:])),
    ]
    api.statements.clear()
    for ticket in forged:
        response = await api.http.get(f"/receipts/{ticket}")
        assert response.status_code == 403, ticket
        assert response.headers["cache-control"] == "private, no-store"
    assert (await api.http.get("/receipts/")).status_code == 404
    assert (await api.http.post(f"/receipts/{good}")).status_code == 405
    assert api.statements == []


async def test_a_ticket_of_a_payment_without_a_receipt_opens_nothing(
    api: Api, service: ReceiptService
) -> None:
    ticket, _ = service.ticket(receipt())

    assert (await api.http.get(f"/receipts/{ticket}")).status_code == 403


async def test_a_ticket_for_a_picture_opens_no_receipt(api: Api, shown: dict[str, Any]) -> None:
    ticket = shown["pdfUrl"].rpartition("/")[2]

    assert (await api.http.get(f"/evidence/{ticket}")).status_code == 403


def _other(decisions: int) -> Receipt:
    """About other decisions than `receipt`."""
    lines = tuple(_line(f"50020011000000{place}") for place in range(decisions))
    amount = Money(sum(line.total.fen for line in lines))
    return replace(receipt(), number="CW2", lines=lines, amount=amount)


def _line(number: str) -> Any:
    return replace(receipt().lines[0], decision_number=number)
