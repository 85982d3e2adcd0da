"""The three interfaces that write: a node in; what they did, or why they did not."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sandbox.city import CameraRecord, Decision
from sandbox.police.answers import Answer, refused
from sandbox.police.documents import Document
from sandbox.police.payments import Payment
from sandbox.police.records import Records

Values = Mapping[str, str]
_NODE = "violation"
_DELETED = "3"
_PAID = "1"
_NOTHING_TO_PAY = "9"
_DONE = "数据写入成功！"


class Refused(Exception):
    """A business refusal in the register's words; nothing was written."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What a write changed: the record or decision, and the caller's own number if it has one."""

    key: str
    serial: str | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """A write that was accepted; without an effect it had been done before."""

    effect: Effect | None = None
    number: str | None = None


def answer_write(
    records: Records, interface: str, document: Document
) -> tuple[Answer, Effect | None]:
    """The answer's head, and what was really done."""
    write = WRITES.get(interface)
    if write is None:
        return refused("-8", f"接口{interface}未开通写入服务"), None
    if document.node.lower() != _NODE:
        return refused("-12", "XML文档格式错误"), None
    try:
        written = write(records, document.values)
    except Refused as refusal:
        return refused("0", str(refusal)), None
    return Answer(message=_DONE, key=written.number), written.effect


def _accept(records: Records, values: Values) -> Written:
    """Decide a camera record against the driver who accepts it."""
    serial, licence_number = _required(values, "xh"), _required(values, "jszh")
    record = records.camera_record(serial)
    if record is None:
        raise Refused("未找到该违法记录")
    if record.change == _DELETED:
        raise Refused("该违法记录已删除")
    _check_driver(records, licence_number, values)
    if record.handled == "1":
        return Written(number=_same_again(records, record, licence_number))
    decision = records.handle(serial, licence_number)
    return Written(Effect(serial), decision.number)


def _check_driver(records: Records, licence_number: str, values: Values) -> None:
    person = records.person(licence_number)
    if person is None or person.licence is None:
        raise Refused("未找到该驾驶人信息")
    known = {"dabh": person.licence.file_number, "dsr": person.name}
    if any(values.get(name, "") not in ("", value) for name, value in known.items()):
        raise Refused("当事人与驾驶证档案不符")


def _same_again(records: Records, record: CameraRecord, licence_number: str) -> str:
    decision = records.decision(record.decision_number or "")
    if decision is None or decision.licence_number != licence_number:
        raise Refused("该违法记录已处理")
    return decision.number


def _note_payment(records: Records, values: Values) -> Written:
    """Enter a payment; the same again under the same serial changes nothing."""
    payment = _payment(values)
    earlier = records.payment(payment.serial)
    if earlier == payment:
        return Written()
    if earlier is not None:
        raise Refused("银行流水号重复，内容不一致")
    decision = _standing_decision(records, payment.decision)
    if values.get("wsjyw", "") not in ("", decision.check_digit):
        raise Refused("文书校验码错误")
    if decision.paid == _PAID:
        raise Refused("该决定书已交款")
    if decision.paid == _NOTHING_TO_PAY:
        raise Refused("该处罚决定无需交款")
    _check_amounts(payment, decision)
    records.note_payment(payment)
    return Written(Effect(payment.decision, payment.serial))


def _payment(values: Values) -> Payment:
    for name in ("jdsbh", "jkrq", "fkje", "znj", "jkje", "yhlsh"):
        _required(values, name)
    if (values.get("jkbj"), values.get("jkfs")) != ("1", "2"):
        raise Refused("交款标记或交款方式错误")
    try:
        return Payment.of(values)
    except ValueError:
        raise Refused("交款日期或金额格式错误") from None


def _check_amounts(payment: Payment, decision: Decision) -> None:
    if payment.fine != (decision.fine_yuan or 0):
        raise Refused("罚款金额与处罚决定不符")
    if payment.surcharge > payment.fine:
        raise Refused("加处罚款金额超出罚款本金")
    if payment.total != payment.fine + payment.surcharge:
        raise Refused("交款金额合计不符")


def _annul(records: Records, values: Values) -> Written:
    """Annul a decision; a repeat changes nothing."""
    number = _required(values, "jdsbh")
    for name in ("cxyy", "jbr", "spr"):
        _required(values, name)
    decision = records.decision(number)
    if decision is not None and decision.change == _DELETED:
        return Written()
    records.annul(_standing_decision(records, number).number)
    return Written(Effect(number))


def _standing_decision(records: Records, number: str) -> Decision:
    decision = records.decision(number)
    if decision is None or decision.change == _DELETED:
        raise Refused("处罚决定书不存在")
    return decision


def _required(values: Values, name: str) -> str:
    if not values.get(name):
        raise Refused(f"必填项{name}不能为空")
    return values[name]


WRITES: Mapping[str, Callable[[Records, Values], Written]] = {
    "04C56": _accept,
    "04C57": _note_payment,
    "04C58": _annul,
}
