"""What the register is asked and told about accepted violations, and what its answers mean."""

from dataclasses import dataclass

from domain.failures import UpstreamReason, UpstreamUnavailable
from domain.police_writes import AcceptanceOrder, WriteProblem, WriteRefused
from domain.records import DecisionRecord
from gateways.bulkhead import CallClass
from gateways.police_records import PoliceRecords
from gateways.police_writes import PoliceWrites


@dataclass(frozen=True, slots=True)
class AcceptanceRegister:
    """The register, as far as accepting goes."""

    records: PoliceRecords
    writes: PoliceWrites

    async def tell(self, order: AcceptanceOrder, call_class: CallClass) -> str:
        """
        Have it decided; the number of the decision.

        :raises WriteRefused: nothing was decided
        :raises UpstreamUnavailable: nobody knows: ask before telling again
        """
        return await self.writes.accept(order, call_class=call_class)

    async def ask(self, order: AcceptanceOrder, call_class: CallClass) -> str | None:
        """
        The number of the decision if there is one; None if it has never been told.

        :raises WriteRefused: if it was decided against somebody else
        :raises UpstreamUnavailable: if that cannot be known now
        """
        record = await self.records.camera_record(order.record_number, call_class=call_class)
        if record is None or not record.handled:
            return None
        if record.decision_number is None:
            raise _not_there_yet()
        answer = await self.records.decision(record.decision_number, call_class=call_class)
        if any(_names(one, order) for one in answer.rows):
            return record.decision_number
        if any(one.driver_identity_number for one in answer.rows):
            raise WriteRefused(WriteProblem.DONE_OTHERWISE)
        raise _not_there_yet()

    async def decision(
        self, number: str, order: AcceptanceOrder, call_class: CallClass
    ) -> DecisionRecord | None:
        """The decision as the register shows it; None if it does not do so yet."""
        try:
            answer = await self.records.decision(number, call_class=call_class)
        except UpstreamUnavailable:
            return None
        return next((one for one in answer.rows if _names(one, order)), None)


def _names(record: DecisionRecord, order: AcceptanceOrder) -> bool:
    """Whether a decision is against the driver who accepted."""
    return record.driver_identity_number == order.identity_number


def _not_there_yet() -> UpstreamUnavailable:
    """The record says that it is handled; the decision that says by whom may come later."""
    return UpstreamUnavailable(UpstreamReason.BROKEN_ANSWER, detail="no decision yet")
