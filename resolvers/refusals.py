"""The only place where a refusal becomes GraphQL."""

from typing import Any

import strawberry

from domain import refusals, texts
from domain.refusals import RefusalCode
from resolvers.described import describe_enum

describe_enum(
    RefusalCode,
    name="RefusalCode",
    description="What a rule said no to. A client can rely on these; texts may change.",
    texts={
        RefusalCode.PLATE_INVALID: "No such plate can exist for this type; `message` says why.",
        RefusalCode.PROOF_INVALID: "The proof is not 6 letters and digits.",
        RefusalCode.VEHICLE_NOT_CONFIRMED: "Wrong proof, somebody else's vehicle or no such"
        " plate: the answer is the same for all three.",
        RefusalCode.TOO_MANY_ATTEMPTS: "Too many wrong attempts within a day, by this person"
        " or on this plate.",
        RefusalCode.TOO_MANY_VEHICLES: "The person has as many vehicles bound as is allowed.",
        RefusalCode.NOT_FOUND: "There is no such object, or it is not yours.",
    },
)


@strawberry.type(description="One reason why a rule said no, and what the person can do next.")
class Refusal:
    code: RefusalCode = strawberry.field(description="The reason, for programs.")
    message: str = strawberry.field(
        description="The reason for people, in the language of Accept-Language (zh-CN or en)."
    )
    next_step: str = strawberry.field(description="What to do next, in the same language.")


@strawberry.type(description="A rule said no. Nothing has been changed.")
class Refused:
    refusals: list[Refusal] = strawberry.field(description="At least one reason.")


class ShowRefusals(strawberry.ExceptionHandler[refusals.Refused, Refused]):
    """Turns a refusal raised by a service into the union member `Refused`."""

    def handle(self, exception: refusals.Refused, *, field: Any, info: Any) -> Refused:
        """Say every reason in the request's language."""
        language = info.context.language
        return Refused(
            refusals=[
                Refusal(
                    code=refusal.code,
                    message=texts.refusal_message(refusal, language),
                    next_step=texts.refusal_next_step(refusal, language),
                )
                for refusal in exception.refusals
            ]
        )
