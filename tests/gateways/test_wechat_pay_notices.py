"""Notices of WeChat Pay: genuine, encrypted for us, about us, and understood."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.payments import BadNotice, ChannelNotice, NotGenuine, NoticeKind
from gateways.wechat_pay import UnknownSerial
from gateways.wechat_pay.keys import KeyRing, by_serial, read_certificate
from gateways.wechat_pay.notices import open_notice
from tests.gateways.platforms import everything_told
from tests.gateways.test_wechat_pay_trades import PAID, PAID_TRADE
from tests.gateways.wechat_pay_server import (
    MERCHANT,
    NOW,
    OUT_TRADE_NO,
    STAMP,
    certificate,
    sealed,
    vouched,
    wire,
)

REFUND = {
    "mchid": MERCHANT,
    "out_trade_no": OUT_TRADE_NO,
    "transaction_id": "4200002026110212345678901234",
    "out_refund_no": "R1@2|3",
    "refund_id": "50000000382019052709732678859",
    "refund_status": "SUCCESS",
    "success_time": "2026-11-02T07:29:59+08:00",
    "user_received_account": "招商银行信用卡0403",
    "amount": {"total": 15000, "refund": 5000, "payer_total": 15000, "payer_refund": 4900},
}
WIRE = wire()
RING = KeyRing(by_serial([*WIRE.platform_keys, read_certificate(certificate("old", 17))]))


def notice(
    content: Any = None, event: str = "TRANSACTION.SUCCESS", **changes: Any
) -> dict[str, Any]:
    text = content if isinstance(content, bytes) else json.dumps(content or PAID).encode()
    return {
        "id": "EV-2018022511223320873",
        "create_time": "2026-11-02T07:30:00+08:00",
        "resource_type": "encrypt-resource",
        "event_type": event,
        "summary": "支付成功",
        "resource": sealed(text),
        **changes,
    }


def opened(node: Any, **vouching: Any) -> ChannelNotice:
    body = node if isinstance(node, bytes) else json.dumps(node, ensure_ascii=False).encode()
    return open_notice(vouched(body, **vouching), body, WIRE, RING, NOW)


@pytest.mark.parametrize("vouching", [{}, {"signer": "old", "serial": "11"}])
def test_a_payment_in_both_ways_of_signing(vouching: dict[str, str]) -> None:
    assert opened(notice(), **vouching) == ChannelNotice(
        id="EV-2018022511223320873",
        kind=NoticeKind.TRADE,
        event="TRANSACTION.SUCCESS",
        trade=PAID_TRADE,
    )


@pytest.mark.parametrize("status", ["SUCCESS", "ABNORMAL", "CLOSED"])
def test_a_refund(status: str) -> None:
    found = opened(notice({**REFUND, "refund_status": status}, f"REFUND.{status}"))

    assert found == ChannelNotice(
        id="EV-2018022511223320873",
        kind=NoticeKind.REFUND,
        event=f"REFUND.{status}",
        trade=replace(PAID_TRADE, paid_at=None),
    )


@pytest.mark.parametrize("associated", ["", "transaction", "certificate"])
def test_associated_data_may_be_anything(associated: str) -> None:
    resource = sealed(json.dumps(PAID).encode(), associated)
    assert opened(notice(resource=resource)).trade == PAID_TRADE
    if not associated:
        del resource["associated_data"]
        assert opened(notice(resource=resource)).trade == PAID_TRADE


@pytest.mark.parametrize(
    "vouching",
    [{"signer": "stranger"}, {"stamp": STAMP - 300}, {"serial": "11"}, {"signer": "merchant"}],
)
def test_what_nobody_vouches_for(vouching: dict[str, Any]) -> None:
    with pytest.raises(NotGenuine):
        opened(notice(), **vouching)


def test_a_certificate_that_is_not_there_yet() -> None:
    with pytest.raises(UnknownSerial):
        opened(notice(), signer="new", serial="12")


def test_the_same_json_in_other_bytes() -> None:
    body = json.dumps(notice()).encode()

    with pytest.raises(NotGenuine, match="wrong signature"):
        open_notice(vouched(body), json.dumps(json.loads(body), indent=1).encode(), WIRE, RING, NOW)


CANARY = "c4nary"
BAD: dict[str, Callable[[], Any]] = {
    "empty": lambda: b"",
    "not JSON": lambda: CANARY.encode(),
    "not UTF-8": lambda: b"\xff" + CANARY.encode(),
    "a list": lambda: [],
    "deep": lambda: b"[" * 100_000,
    "no id": lambda: notice(id=None),
    "an odd id": lambda: notice(id=f"{CANARY} {CANARY}"),
    "no event": lambda: notice(event_type=None),
    "another event": lambda: notice(event=CANARY),
    "no resource": lambda: notice(resource=None),
    "a word for a resource": lambda: notice(resource=CANARY),
    "another algorithm": lambda: notice(resource=sealed(b"{}", algorithm=CANARY)),
    "another nonce": lambda: notice(resource=sealed(b"{}", nonce="0" * 12)),
    "a Chinese nonce": lambda: notice(resource=sealed(b"{}", nonce="罚" * 4)),
    "other data": lambda: notice(resource=sealed(b"{}", associated_data=CANARY)),
    "data that is no text": lambda: notice(resource=sealed(b"{}", associated_data=7)),
    "no base64": lambda: notice(resource=sealed(b"{}", ciphertext=CANARY + "%")),
    "damaged": lambda: notice(resource=sealed(b"{}", ciphertext="A" * 64)),
    "encrypted, not JSON": lambda: notice(CANARY.encode()),
    "encrypted, not UTF-8": lambda: notice(b"\xff" + CANARY.encode()),
    "encrypted, a name twice": lambda: notice(b'{"mchid":"1","mchid":"2"}'),
    "another merchant": lambda: notice({**PAID, "mchid": CANARY}),
    "another app": lambda: notice({**PAID, "appid": CANARY}),
    "another currency": lambda: notice({**PAID, "amount": {"total": 1, "currency": "USD"}}),
    "an amount with a fraction": lambda: notice(
        {**PAID, "amount": {"total": 1.5, "currency": "CNY"}}
    ),
    "not paid": lambda: notice({**PAID, "trade_state": "NOTPAY"}),
    "an unknown state": lambda: notice({**PAID, "trade_state": CANARY}),
    "a refund for a payment": lambda: notice(REFUND),
    "a payment for a refund": lambda: notice(PAID, "REFUND.SUCCESS"),
    "another merchant's refund": lambda: notice({**REFUND, "mchid": "1"}, "REFUND.SUCCESS"),
    "another end of a refund": lambda: notice(REFUND, "REFUND.CLOSED"),
    "a refund in dollars": lambda: notice(
        {**REFUND, "amount": {**REFUND["amount"], "currency": "USD"}},  # type: ignore[dict-item]
        "REFUND.SUCCESS",
    ),
    "a refund of nothing": lambda: notice({**REFUND, "amount": {"refund": 1}}, "REFUND.SUCCESS"),
}


@pytest.mark.parametrize("name", BAD)
def test_genuine_but_nothing_to_apply(name: str) -> None:
    with pytest.raises(BadNotice) as raised:
        opened(BAD[name]())

    assert str(raised.value)
    assert CANARY not in everything_told(raised.value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)


@given(st.sampled_from(sorted(PAID)), JSON)
def test_whatever_stands_in_a_field(name: str, value: Any) -> None:
    content = {**PAID, name: value}
    try:
        found = opened(notice(content))
    except BadNotice:
        return
    # Taken only where it is not read, or where a word is as good as another.
    assert found.trade == PAID_TRADE or name in {"out_trade_no", "transaction_id", "success_time"}


@given(st.dictionaries(st.sampled_from(sorted(notice())), JSON))
def test_whatever_stands_around_it(changes: dict[str, Any]) -> None:
    try:
        found = opened({**notice(), **changes})
    except BadNotice:
        return
    assert found.trade == PAID_TRADE
