"""Daily settlement statements: by agency, to the fen, once, with corrections of earlier days."""

import asyncio
from datetime import UTC, date, datetime, timedelta

import pytest

from domain.ledger import SuspenseReason, fees, suspense
from domain.money import Money
from domain.platforms import Channel
from domain.times import start_of
from sandbox.city import Person
from services.settlement_statements import DoesNotTie, NotIssuable, SettlementStatements
from services.statement_csv import statements_csv
from services.statement_views import IssuedStatement, StatedLine
from tests.finance.desk import Desk
from tests.finance.money import LEDGER, Fine, give_back, noon, pay
from tests.graphql.paying import owed_by, payer_of, settled
from tests.stack import Api, Json, Platforms, Register, TestClock

FIRST, SECOND, THIRD = date(2026, 10, 29), date(2026, 10, 30), date(2026, 10, 31)
ONE, TWO = "500103000000", "500104000000"
STATEMENT = """query($channel: Channel!, $day: Date!) { finance {
  settlementStatement(channel: $channel, day: $day) { channel day net { yuan }
    lines { ofDay agency { code name } payments principal { fen } surcharge { fen }
      refunds refundedPrincipal { fen } refundedSurcharge { fen } net { fen } }
    books { settled { fen } intoSuspense { fen } paidOut { fen } outOfSuspense { fen } fees { fen }
      discrepancies { fen } clearing { fen } treasury { fen } stated { fen } ties } } } }"""
BOOKS = {
    **dict.fromkeys(("settled", "intoSuspense", "paidOut", "outOfSuspense", "fees"), 0),
    **dict.fromkeys(("discrepancies", "clearing", "treasury", "stated"), 0),
    "ties": True,
}
# All that was ever stated beside what is in the books.
STATED = """SELECT sum(principal_fen - refunded_principal_fen),
  sum(surcharge_fen - refunded_surcharge_fen), sum(payments) FROM stated_totals"""
BOOKED = """SELECT -sum(amount_fen) FILTER (WHERE account = 'treasury_payable_fines'),
  -sum(amount_fen) FILTER (WHERE account = 'treasury_payable_surcharges'),
  count(DISTINCT transaction_id) FILTER (WHERE account LIKE '%clearing')
  FROM ledger_entries JOIN ledger_transactions t ON t.id = transaction_id
  WHERE kind IN ('settlement', 'refund', 'refund_reversed')"""


@pytest.fixture
def statements(api: Api) -> SettlementStatements:
    return api.running.services.settlement_statements


def line(day: date, agency: str, payments: int = 0, fine: int = 0, more: int = 0) -> StatedLine:
    return StatedLine(day, agency, None, payments, fine, more, 0, 0, 0)


async def shown(api: Api, channel: str, day: date) -> Json:
    """The statement as an officer sees it, without the braces of amounts."""
    seen = await Desk(api).see(STATEMENT, channel=channel, day=day.isoformat())
    statement = seen["settlementStatement"]
    return _plain(statement) if statement else None


def _plain(value: Json) -> Json:
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1 and value.keys() <= {"fen", "yuan"}:
        return next(iter(value.values()))
    return {name: _plain(one) for name, one in value.items()}


async def issued_lines(
    statements: SettlementStatements, day: date, channel: Channel = Channel.ALIPAY
) -> list[StatedLine]:
    return list((await statements.issue(channel, day)).lines)


async def all_is_stated(api: Api) -> bool:
    return await api.rows(STATED) == await api.rows(BOOKED)


async def test_a_day_by_agency(api: Api, statements: SettlementStatements) -> None:
    await pay(api, "A1", noon(FIRST), Fine(ONE, 20000, 1800, "渝中支队"), Fine(TWO, 5000))
    await pay(api, "A2", noon(FIRST), Fine(ONE, 10000), Fine(None, 300))
    await pay(api, "W1", noon(FIRST), Fine(ONE, 700), channel=Channel.WECHAT)
    # The first and the last instant of the day, and the first of the next.
    await pay(api, "A3", start_of(FIRST), Fine(TWO, 11))
    await pay(api, "A4", start_of(SECOND) - timedelta(microseconds=1), Fine(TWO, 13))
    await pay(api, "A5", start_of(SECOND), Fine(TWO, 17))
    await give_back(api, "A1", "R1", noon(FIRST), 20000, 1800)
    await give_back(api, "A2", "R2", noon(FIRST), 400, reversed_at=noon(FIRST))
    late = suspense(
        Channel.ALIPAY,
        "A9-1",
        amount=Money(900),
        reason=SuspenseReason.AFTER_CLOSE,
        occurred_at=noon(FIRST),
    )
    cost = fees(Channel.ALIPAY, "bill", net_fen=123, occurred_at=noon(FIRST))
    async with api.running.db.begin() as connection:
        await LEDGER.post(connection, late)
        await LEDGER.post(connection, cost)
    assert await shown(api, "ALIPAY", FIRST) is None

    await statements.issue(Channel.ALIPAY, FIRST)

    refunded = {"refunds": 0, "refundedPrincipal": 0, "refundedSurcharge": 0}
    of_day = {"ofDay": FIRST.isoformat(), **refunded}
    assert await shown(api, "ALIPAY", FIRST) == {
        "channel": "ALIPAY",
        "day": "2026-10-29",
        "net": "153.24",
        "lines": [
            of_day | {"agency": None, "payments": 1, "principal": 300, "surcharge": 0, "net": 300},
            of_day
            | {"agency": {"code": ONE, "name": "渝中支队"}, "payments": 2, "principal": 30000}
            | {"surcharge": 1800, "refunds": 1, "refundedPrincipal": 20000}
            | {"refundedSurcharge": 1800, "net": 10000},
            of_day
            | {"agency": {"code": TWO, "name": None}, "payments": 3, "principal": 5024}
            | {"surcharge": 0, "net": 5024},
        ],
        "books": BOOKS
        | {"settled": 37124, "intoSuspense": 900, "paidOut": 21800, "fees": 123}
        | {"clearing": 37124 + 900 - 21800 - 123, "treasury": 15324, "stated": 15324},
    }
    assert await shown(api, "WECHAT", FIRST) is None
    assert await issued_lines(statements, FIRST, Channel.WECHAT) == [
        # What it is called on that day: nobody knew.
        StatedLine(FIRST, ONE, None, 1, 700, 0, 0, 0, 0)
    ]


async def test_what_is_booked_later_is_in_the_next_statement(
    api: Api, statements: SettlementStatements
) -> None:
    await pay(api, "A1", noon(FIRST), Fine(ONE, 20000))
    before = await statements.issue(Channel.ALIPAY, FIRST)
    # A notice that came late, for a day that was stated; a refund decided on that day.
    await pay(api, "A2", noon(FIRST), Fine(ONE, 5000, 50), Fine(TWO, 7))
    await give_back(api, "A1", "R1", noon(FIRST), 300)
    await pay(api, "A3", noon(SECOND), Fine(TWO, 11))
    stale = (await shown(api, "ALIPAY", FIRST))["books"]
    assert (stale["treasury"], stale["stated"], stale["ties"]) == (24757, 20000, False)

    assert await issued_lines(statements, SECOND) == [
        StatedLine(FIRST, ONE, None, 1, 5000, 50, 1, 300, 0),
        line(FIRST, TWO, 1, 7),
        line(SECOND, TWO, 1, 11),
    ]

    assert (await shown(api, "ALIPAY", FIRST))["books"]["ties"] is True
    assert await statements.find(Channel.ALIPAY, FIRST) == before
    assert await all_is_stated(api)
    # Nothing more of it the day after, though it was booked a moment ago.
    await give_back(api, "A2", "R2", noon(SECOND), 5000, 50, reversed_at=noon(THIRD))
    assert await issued_lines(statements, THIRD) == [
        StatedLine(SECOND, ONE, None, 0, 0, 0, 1, 5000, 50),
        StatedLine(THIRD, ONE, None, 0, 0, 0, -1, -5000, -50),
    ]
    assert await all_is_stated(api)


async def test_it_is_issued_once(api: Api, statements: SettlementStatements) -> None:
    await pay(api, "A1", noon(FIRST), Fine(ONE, 20000))

    several = await asyncio.gather(*(statements.issue(Channel.ALIPAY, FIRST) for _ in range(4)))
    await pay(api, "A2", noon(FIRST), Fine(ONE, 5000))

    assert {one.lines for one in several} == {(line(FIRST, ONE, 1, 20000),)}
    assert await statements.issue(Channel.ALIPAY, FIRST) == several[0]
    assert await api.rows("SELECT count(*) FROM stated_totals") == [(1,)]


async def test_days_are_issued_in_order_and_when_they_are_over(
    api: Api, statements: SettlementStatements, clock: TestClock
) -> None:
    with pytest.raises(NotIssuable, match="the next day of alipay is not known yet"):
        await statements.issue(Channel.ALIPAY, FIRST)
    await pay(api, "A1", noon(FIRST), Fine(ONE, 20000))
    for wrong in (SECOND, FIRST - timedelta(days=1)):
        with pytest.raises(NotIssuable, match="the next day of alipay is 2026-10-29"):
            await statements.issue(Channel.ALIPAY, wrong)

    clock.now = start_of(SECOND) - timedelta(microseconds=1)
    with pytest.raises(NotIssuable, match="2026-10-29 is not over"):
        await statements.issue(Channel.ALIPAY, FIRST)
    assert await api.rows("SELECT count(*) FROM settlement_statements") == [(0,)]

    clock.now = start_of(SECOND)
    assert await issued_lines(statements, FIRST) == [line(FIRST, ONE, 1, 20000)]


async def test_what_is_due(api: Api, statements: SettlementStatements, clock: TestClock) -> None:
    assert await statements.due() == []
    await pay(api, "A1", noon(FIRST), Fine(ONE, 20000))
    clock.now = start_of(SECOND) + timedelta(hours=10)
    assert await statements.sweep() == 0

    await api.run(
        "INSERT INTO reconciliation_days (channel, day, state)"
        " VALUES ('alipay', '2026-10-29', 'done'), ('alipay', '2026-10-30', 'waiting')"
    )
    assert await statements.due() == [(Channel.ALIPAY, FIRST)]
    assert (await statements.sweep(), await statements.sweep()) == (1, 0)

    # The bill of the second day does not come; the statement does, a day late.
    clock.now = start_of(date(2026, 11, 1)) - timedelta(microseconds=1)
    assert await statements.due() == []
    clock.now = start_of(date(2026, 11, 1))
    assert await statements.due() == [(Channel.ALIPAY, SECOND)]
    assert await statements.sweep() == 1
    assert await statements.due() == []
    assert await api.rows("SELECT day FROM settlement_statements ORDER BY 1") == [
        (FIRST,),
        (SECOND,),
    ]

    # Days that were missed follow one by one, so that other work has its turn between.
    clock.now = start_of(date(2026, 11, 5))
    missed = [THIRD + timedelta(days=days) for days in range(4)]
    assert await statements.due() == [(Channel.ALIPAY, day) for day in missed]
    assert [await statements.sweep() for _ in range(5)] == [1, 1, 1, 1, 0]


async def test_books_that_nobody_can_explain_are_not_stated(
    api: Api, statements: SettlementStatements, clock: TestClock
) -> None:
    await pay(api, "A1", noon(FIRST), Fine(ONE, 20000))
    await api.run(
        """WITH t AS (INSERT INTO ledger_transactions (id, kind, source_ref, line_count,
             occurred_at) VALUES (gen_random_uuid(), 'refund', 'unheard-of', 2,
             '2026-10-29T04:00Z') RETURNING id)
           INSERT INTO ledger_entries SELECT id, 1, 'treasury_payable_fines', 5 FROM t
             UNION ALL SELECT id, 2, 'refunds_payable', -5 FROM t"""
    )

    with pytest.raises(DoesNotTie):
        await statements.issue(Channel.ALIPAY, FIRST)
    assert await statements.sweep() == 0

    assert await api.rows("SELECT kind, subject FROM human_tasks") == [
        ("books_differ", "alipay:2026-10-29")
    ]
    assert await api.rows("SELECT count(*) FROM stated_totals") == [(0,)]
    assert await api.rows("SELECT count(*) FROM settlement_statements") == [(0,)]


async def test_real_payments_are_stated(
    api: Api,
    platforms: Platforms,
    register: Register,
    citizen: Person,
    statements: SettlementStatements,
    clock: TestClock,
) -> None:
    payer = await payer_of(api, platforms, register, citizen, handled=2)
    overdue = await owed_by(payer, 5900)
    payment = await payer.begun(overdue["id"])
    await payer.tap_pay(payment)
    await settled(payer, payment)
    today = date(2026, 11, 2)
    clock.advance(days=1)

    issued = await statements.issue(Channel.ALIPAY, today)

    ((code, name),) = await api.rows("SELECT agency_code, agency_name FROM payment_items")
    assert (code is None, name is None) == (False, False)
    assert issued.lines == (StatedLine(today, code, name, 1, 5000, 900, 0, 0, 0),)
    assert (await shown(api, "ALIPAY", today))["books"] == BOOKS | {
        "settled": 5900,
        "clearing": 5900,
        "treasury": 5900,
        "stated": 5900,
    }
    assert await all_is_stated(api)


def test_the_treasurys_csv() -> None:
    one = IssuedStatement(
        Channel.ALIPAY,
        SECOND,
        datetime(2026, 10, 31, tzinfo=UTC),
        (
            StatedLine(FIRST, ONE, '=HYPERLINK("x")', -1, -5000, -5, 2, 300, 0),
            StatedLine(SECOND, "", None, 3, 123456789, 1, 0, 0, 0),
            StatedLine(SECOND, TWO, "江北支队, 一大队", 1, 10000, 0, 0, 0, 0),
            *(StatedLine(SECOND, f"{sign}1", f" {sign}2", 0, 0, 0, 0, 0, 0) for sign in "+-@"),
        ),
    )

    assert statements_csv([one]).decode("utf-8") == (
        "\ufeff结算日,支付渠道,所属日,决定机关代码,决定机关名称,缴款笔数,罚款（元）,加处罚款（元）,"
        "退款笔数,退还罚款（元）,退还加处罚款（元）,应缴国库（元）\r\n"
        '2026-10-30,支付宝,2026-10-29,500103000000,"\'=HYPERLINK(""x"")",-1,-50.00,-0.05,'
        "2,3.00,0.00,-53.05\r\n"
        "2026-10-30,支付宝,2026-10-30,,未知机关,3,1234567.89,0.01,0,0.00,0.00,1234567.90\r\n"
        '2026-10-30,支付宝,2026-10-30,500104000000,"江北支队, 一大队",1,100.00,0.00,'
        "0,0.00,0.00,100.00\r\n"
        "2026-10-30,支付宝,2026-10-30,'+1,' +2,0,0.00,0.00,0,0.00,0.00,0.00\r\n"
        "2026-10-30,支付宝,2026-10-30,'-1,' -2,0,0.00,0.00,0,0.00,0.00,0.00\r\n"
        "2026-10-30,支付宝,2026-10-30,'@1,' @2,0,0.00,0.00,0,0.00,0.00,0.00\r\n"
        "合计,,,,,3,1234617.89,-0.04,2,3.00,0.00,1234614.85\r\n"
    )
