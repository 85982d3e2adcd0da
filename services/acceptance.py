"""Accepting violations online (自助处理, order 157, art. 58): preview, confirm, be decided."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from domain.acceptance import FACE_IS_RECENT, check_ids
from domain.failures import BadRequest, StepUpRequired, TryLater
from domain.principals import Citizen, Principal, VerificationLevel
from domain.refusals import Refused
from domain.times import Clock
from gateways.bulkhead import CallClass
from models.acceptance import AcceptanceState
from models.trouble import RETRY_SECONDS
from models.vault import Vault
from services.acceptance_claim import AcceptanceClaims, Confirmation, Moved, key_of
from services.acceptance_preview import AcceptancePreviews, Prepared
from services.acceptance_reading import AcceptanceReader, HeldAcceptance, Known
from services.acceptance_writes import AcceptanceWrites
from services.access import require_identity
from services.idempotency import check_key, request_hash

# A citizen who goes on accepting elsewhere makes a preview old before it can be claimed.
TRIES = 3


@dataclass(frozen=True, slots=True)
class AcceptanceService:
    """Shows what accepting violations means, and has what is confirmed decided, once."""

    vault: Vault
    previews: AcceptancePreviews
    claims: AcceptanceClaims
    writes: AcceptanceWrites
    reader: AcceptanceReader
    clock: Clock

    async def preview(self, principal: Principal, violation_ids: Sequence[UUID]) -> Prepared:
        """
        What accepting these violations together would mean now. Nothing is changed.

        :raises BadRequest: for none, too many, or the same one twice
        :raises Refused: with every reason against it
        """
        check_ids(violation_ids)
        return await self.previews.of(principal, violation_ids)

    async def accept(
        self,
        principal: Principal,
        violation_ids: Sequence[UUID],
        preview_hash: str,
        idempotency_key: str,
    ) -> HeldAcceptance | Prepared:
        """
        Accept exactly what a preview showed; the preview of now if that is another one.

        Sent again under the same key it goes on with the same acceptance. What the register does
        not confirm in time stays pending and is seen to until it is known.

        :raises BadRequest: also if the key was used for something else
        :raises StepUpRequired: without a face that was verified in the last ten minutes
        :raises Refused: with every reason against it; nothing was done
        """
        citizen, identity_number = require_identity(principal)
        check_ids(violation_ids)
        wanted = request_hash(
            violations=sorted(one.hex for one in violation_ids), preview=preview_hash
        )
        confirmation = Confirmation(check_key(idempotency_key), wanted)
        digest = self.vault.digest(identity_number)
        for _ in range(TRIES):
            known = await self.reader.known(digest, confirmation.idempotency_key)
            if known is not None:
                return await self._gone_on(known, wanted)
            self._require_recent_face(citizen)
            try:
                prepared = await self.previews.of(principal, violation_ids, anew=True)
                is_shown = prepared.preview.hash == preview_hash
                rows = await self.claims.make(prepared, confirmation) if is_shown else []
            except Moved:
                continue
            except Refused:
                # What was found handled is its own, if the same request was faster.
                if not await self._is_known(digest, confirmation):
                    raise
                continue
            if rows:
                await self.writes.tell(rows)
                return await self.reader.get(rows[0]["acceptance_id"])
            if not is_shown and not await self._is_known(digest, confirmation):
                return prepared
        raise TryLater("retry_later", retry_after=RETRY_SECONDS)

    async def _is_known(self, digest: bytes, confirmation: Confirmation) -> bool:
        return await self.reader.known(digest, confirmation.idempotency_key) is not None

    async def _gone_on(self, known: Known, wanted: bytes) -> HeldAcceptance:
        """Finish what an earlier request left unfinished, if nobody else is at it."""
        if known.request_hash != wanted:
            raise BadRequest("idempotency_key_reused")
        held = await self.reader.get(known.id)
        keys = [
            key_of(known.id, item.position)
            for item in held.items
            if item.state is AcceptanceState.PENDING
        ]
        if not keys:
            return held
        await asyncio.gather(*(self.writes.see_to(key, CallClass.CITIZEN) for key in keys))
        return await self.reader.get(known.id)

    def _require_recent_face(self, citizen: Citizen) -> None:
        since = citizen.authenticated_at
        by_face = citizen.verification.meets(VerificationLevel.FACE)
        if not by_face or since is None or self.clock() - since > FACE_IS_RECENT:
            seconds = int(FACE_IS_RECENT.total_seconds())
            raise StepUpRequired(
                "recent_face",
                acr=VerificationLevel.FACE.value,
                max_age=seconds,
                limit=str(seconds // 60),
            )
