"""What Alipay tells us by itself: a form with a signature over its fields, as decoded."""

import base64
from collections.abc import Mapping
from contextlib import suppress
from urllib.parse import parse_qsl

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from domain.payments import BadNotice, ChannelNotice, NotGenuine, NoticeKind
from gateways.alipay.signing import base_string_of_notice, is_genuine
from gateways.alipay.trade_states import read_trade, word
from gateways.alipay.wire import AlipayWire

MOST_FIELDS = 100
# A refund makes the notice of a payment come again, with at least one of these.
OF_A_REFUND = ("refund_fee", "gmt_refund", "out_biz_no")


def open_notice(body: bytes, wire: AlipayWire, seller_id: str | None) -> ChannelNotice:
    """
    Verify a notice, and read it if it is about us; any seller's if `seller_id` is None.

    :raises NotGenuine: nobody vouches for it
    :raises BadNotice: it is genuine, but nothing we can apply
    """
    fields = _fields(body)
    _verify(fields, wire.platform_key)
    ours = {"notify_type": "trade_status_sync", "app_id": wire.app_id}
    if seller_id is not None:
        ours["seller_id"] = seller_id
    for name, value in ours.items():
        if fields.get(name) != value:
            raise BadNotice(f"another {name}")
    try:
        return _read(fields)
    except ValueError as error:
        reason = str(error)
    raise BadNotice(reason)


def _fields(body: bytes) -> dict[str, str]:
    pairs = None
    with suppress(ValueError):
        pairs = parse_qsl(
            body.decode("utf-8"),
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=MOST_FIELDS,
        )
    if pairs is None:
        # Not in a handler, where the error would show the body.
        raise NotGenuine("not a form")
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise NotGenuine("a name stands twice")
    return fields


def _verify(fields: Mapping[str, str], platform_key: RSAPublicKey) -> None:
    signature = None
    with suppress(ValueError):
        signature = base64.b64decode(fields.get("sign", ""), validate=True)
    if not signature or fields.get("sign_type") != "RSA2":
        raise NotGenuine("not signed")
    if not is_genuine(base_string_of_notice(fields).encode("utf-8"), signature, platform_key):
        raise NotGenuine("wrong signature")


def _read(fields: Mapping[str, str]) -> ChannelNotice:
    refund = any(fields.get(name) for name in OF_A_REFUND)
    return ChannelNotice(
        id=word(fields, "notify_id"),
        kind=NoticeKind.REFUND if refund else NoticeKind.TRADE,
        event=word(fields, "trade_status"),
        trade=read_trade(fields, "gmt_payment"),
    )
