"""The only place where a refusal becomes GraphQL."""

from typing import Any

import strawberry

from domain import refusal_texts, refusals
from domain.refusals import RefusalCode
from domain.texts import Language
from resolvers.described import describe_enum
from resolvers.ids import to_id

describe_enum(
    RefusalCode,
    name="RefusalCode",
    description="What a rule said no to. A client can rely on these; texts may change. Several"
    " reasons are told in this order.",
    texts={
        RefusalCode.PLATE_INVALID: "No such plate can exist for this type; `message` says why.",
        RefusalCode.PROOF_INVALID: "The proof is not 6 letters and digits.",
        RefusalCode.VEHICLE_NOT_CONFIRMED: "Wrong proof, somebody else's vehicle or no such"
        " plate: the answer is the same for all three.",
        RefusalCode.TOO_MANY_ATTEMPTS: "Too many wrong attempts within a day, by this person"
        " or on this plate.",
        RefusalCode.TOO_MANY_VEHICLES: "The person has as many vehicles bound as is allowed.",
        RefusalCode.NOT_FOUND: "There is no such object, or it is not yours.",
        RefusalCode.AUTH_CODE_INVALID: "The platform's code is wrong, used, expired or of another"
        " app: the platforms do not say which. Nobody is signed in.",
        RefusalCode.ACCOUNT_BLOCKED: "The platform has restricted the account for a risk.",
        RefusalCode.CHANNEL_UNAVAILABLE: "This deployment is not connected with that platform.",
        RefusalCode.SESSION_ENDED: "The session is over, or this is no refresh token: sign in.",
        RefusalCode.NAME_INVALID: "What was given cannot be a name on an identity card.",
        RefusalCode.IDENTITY_NUMBER_INVALID: "Not 18 characters of an identity card, or a typing"
        " error: the last character is a check (GB 11643).",
        RefusalCode.IDENTITY_DIFFERS: "The account has been verified as another person.",
        RefusalCode.VERIFICATION_NOT_PASSED: "The platform does not say that the check was passed:"
        " not done yet, cancelled or failed.",
        RefusalCode.VERIFICATION_EXPIRED: "The check was not completed in time.",
        RefusalCode.STATEMENT_TEXT_INVALID: "The text of a statement is empty or too long.",
        RefusalCode.TASK_TAKEN: "Another officer has taken the task.",
        RefusalCode.TASK_NOT_TAKEN: "Nobody has taken the task: its owner does this.",
        RefusalCode.TASK_CLOSED: "The task is closed, with another outcome or by somebody else.",
        RefusalCode.TASK_NOTE_INVALID: "The note is empty or has more than 500 characters.",
        RefusalCode.ANNULLED: "The record was deleted or the decision annulled: nothing to handle,"
        " nothing to pay.",
        RefusalCode.NO_LONGER_LISTED: "The register lists it no longer and does not say why.",
        RefusalCode.ALREADY_HANDLED: "A penalty decision stands.",
        RefusalCode.ALREADY_PAID: "The fine is paid.",
        RefusalCode.NOTHING_TO_PAY: "A warning, or no fine at all.",
        RefusalCode.NOT_DECIDED: "There is no decision yet, so there is nothing to pay.",
        RefusalCode.BEING_HANDLED_ELSEWHERE: "It is being handled right now: in another channel, by"
        " somebody else, or by an acceptance of yours that the register has not answered yet.",
        RefusalCode.PAYING_ELSEWHERE: "Another order for the same fine is open.",
        RefusalCode.DECISION_NOT_YET_VISIBLE: "The register does not show the decision; what was"
        " decided on the scene may take 48 hours. Not found is not invalid.",
        RefusalCode.NOT_NON_SCENE: "Only what cameras recorded can be accepted online (R1).",
        RefusalCode.OTHER_AGENCY: "An agency with a channel of its own, such as that of the"
        " expressways, or an unknown one.",
        RefusalCode.COERCIVE_MEASURE_OPEN: "A vehicle or a licence is held for it: to the window"
        " within 15 working days.",
        RefusalCode.UNDER_DISPUTE: "An objection is being reviewed.",
        RefusalCode.ANNUL_PENDING: "An application to annul the penalty has not been decided.",
        RefusalCode.DEFERRED: "Handling has been put off on request. Does not stop a payment.",
        RefusalCode.TIME_LIMIT_PASSED: "It may have been found out too late to be punished: more"
        " than two years after the act (R44).",
        RefusalCode.LICENCE_NOT_BOUND: "The person is not verified, or holds no licence.",
        RefusalCode.NAME_MISMATCH: "The licence is not in the name the person was verified by.",
        RefusalCode.LICENCE_STATUS: "A status letter of the licence does not allow it (R8); one"
        " refusal for each.",
        RefusalCode.POINTS_FULL: "The points are full: study and test come first; in a batch, those"
        " of another vehicle would fill them (R7; order 163, article 14).",
        RefusalCode.VIOLATION_BEFORE_LICENCE: "It happened before the first licensing (R10).",
        RefusalCode.VEHICLE_KIND: "The city does not serve this kind of plate or use online.",
        RefusalCode.LICENCE_CLASS_MISMATCH: "The licence does not cover the vehicle, or nobody can"
        " tell (R9).",
        RefusalCode.GRANT_REQUIRED: "Somebody else's vehicle, without the owner's permission.",
        RefusalCode.GRANT_EXPIRED: "The owner's permission has ended (R15).",
        RefusalCode.GRANT_QUOTA: "More permissions than are allowed (R12-R14).",
        RefusalCode.GRANT_TOO_LATE: "With points, and before the owner's permission (R11).",
        RefusalCode.OTHERS_VEHICLE_POINTS: "The city takes no points for others' vehicles online.",
        RefusalCode.AMOUNT_UNKNOWN: "The agency sets the fine or the points, or the amount due"
        " cannot be told now.",
        RefusalCode.AMOUNT_CHANGED: "The amount due is not the one that was shown: ask again.",
        RefusalCode.PAYMENT_REFUSED: "The channel refused to begin the payment: nothing was"
        " charged. Another attempt needs a new idempotency key.",
        RefusalCode.REFUND_UNDER_WAY: "A refund of the payment has no end yet: one at a time.",
        RefusalCode.REFUNDABLE_CHANGED: "What is left of the payment is not `expectedRefundable`.",
        RefusalCode.NOTHING_TO_REFUND: "Nothing is left of the payment.",
        RefusalCode.BEYOND_REFUNDABLE: "More than is left of a line, or no such line.",
        RefusalCode.SURPLUS_IN_PARTS: "Money that settled nothing goes back as a whole line.",
        RefusalCode.TOO_MANY_REFUNDS: "The channel's limit of refunds for one payment.",
        RefusalCode.FINE_OVER_LIMIT: "The fine is above the limit for handling online (R2).",
        RefusalCode.SINGLE_POINTS_OVER_LIMIT: "One violation has too many points (R4).",
        RefusalCode.LARGE_CLASS_POINTS: "Holders of A and B classes take points at a window (R5).",
        RefusalCode.POINTS_WOULD_REACH_12: "The points after handling would be beyond the city's"
        " limit (R3), by this one or by all that were chosen (R6).",
        RefusalCode.POINT_TRADING_SUSPECTED: "Suspended until the police have looked into it (R16,"
        " R17).",
        RefusalCode.UPSTREAM_UNAVAILABLE: "Something that must be known is not known now, so nobody"
        " can tell. Never means that there is nothing.",
        RefusalCode.NIGHT_WINDOW: "Outside the hours for handling online (R40).",
    },
)


@strawberry.type(description="One reason why a rule said no, and what the person can do next.")
class Refusal:
    code: RefusalCode = strawberry.field(description="The reason, for programs.")
    message: str = strawberry.field(
        description="The reason for people, in the language of Accept-Language (zh-CN or en)."
    )
    next_step: str = strawberry.field(
        description="What to do next: which window, which papers, which day. Same language."
    )
    read_aloud: str = strawberry.field(
        description="One short sentence in everyday words, to be read aloud. Same language."
    )
    legal_basis: str | None = strawberry.field(
        description="The articles behind it; null where it is no matter of law. Same language."
    )
    rule: str | None = strawberry.field(
        description="Key of the city's rule that said no, for example handle.max_fine_fen; null"
        " where a city has no say."
    )
    violation_id: strawberry.ID | None = strawberry.field(
        description="The violation it is about, where several were asked for; null otherwise."
    )

    @classmethod
    def of(cls, refusal: refusals.Refusal, language: Language) -> "Refusal":
        """A reason in words."""
        return cls(
            code=refusal.code,
            message=refusal_texts.refusal_message(refusal, language),
            next_step=refusal_texts.refusal_next_step(refusal, language),
            read_aloud=refusal_texts.refusal_read_aloud(refusal, language),
            legal_basis=refusal_texts.refusal_legal_basis(refusal, language),
            rule=refusal_texts.wording(refusal).rule,
            violation_id=to_id("Violation", refusal.violation_id) if refusal.violation_id else None,
        )


@strawberry.type(description="A rule said no. Nothing has been changed.")
class Refused:
    refusals: list[Refusal] = strawberry.field(description="At least one reason.")


class ShowRefusals(strawberry.ExceptionHandler[refusals.Refused, Refused]):
    """Turns a refusal raised by a service into the union member `Refused`."""

    def handle(self, exception: refusals.Refused, *, field: Any, info: Any) -> Refused:
        """Say every reason in the request's language."""
        language = info.context.language
        return Refused(refusals=[Refusal.of(one, language) for one in exception.refusals])
