"""Verifying who is holding the phone."""

from datetime import datetime
from typing import Annotated

import strawberry

from domain.platforms import CertifyMethod
from resolvers.context import Info
from resolvers.described import describe_enum
from resolvers.ids import key_of, to_id
from resolvers.refusals import Refused
from resolvers.sign_in import SignInSuccess, signed_in

describe_enum(
    CertifyMethod,
    name="VerificationMethod",
    description="How Alipay checks the person (alipay.user.certify).",
    texts={
        CertifyMethod.FACE: "Face against the identity register (刷脸): reaches FACE.",
        CertifyMethod.DOCUMENT_PHOTO: "Photo of the identity card (证件): reaches BASIC.",
    },
)


@strawberry.input(description="Who you say you are; the platform finds out.")
class StartVerificationInput:
    name: str | None = strawberry.field(
        default=None,
        description="The name on the identity card. Not needed by who was verified before.",
    )
    identity_number: str | None = strawberry.field(
        default=None,
        description="The 18 characters of the identity card (身份证号码). Not needed by who was"
        " verified before.",
    )
    method: CertifyMethod = strawberry.field(
        default=CertifyMethod.FACE, description="How to check."
    )


@strawberry.type(description="A check is open: send the person to the platform's page.")
class StartVerificationSuccess:
    verification_id: strawberry.ID = strawberry.field(
        description="For `completeVerification`, from this session."
    )
    certify_id: str = strawberry.field(
        description="Alipay's id: `my.call('startBizService', {name: 'open-certify', param:"
        " {certifyId, url}})`."
    )
    url: str = strawberry.field(
        description="The platform's page, for `startBizService` or a web view. Single use."
    )
    expires_at: datetime = strawberry.field(description="Until when it can be completed.")


StartVerificationResult = Annotated[
    StartVerificationSuccess | Refused,
    strawberry.union("StartVerificationResult", description="An open check, or why not."),
]


@strawberry.input(description="Which check to complete.")
class CompleteVerificationInput:
    verification_id: strawberry.ID = strawberry.field(
        description="From `startVerification` of the same session."
    )


@strawberry.type(description="The person is verified.")
class CompleteVerificationSuccess:
    session: SignInSuccess = strawberry.field(
        description="The session's new tokens: use these from now on, the old ones know nothing of"
        " the verification."
    )


CompleteVerificationResult = Annotated[
    CompleteVerificationSuccess | Refused,
    strawberry.union("CompleteVerificationResult", description="Verified, or why not."),
]


@strawberry.type
class VerificationMutations:
    @strawberry.mutation(
        description="Open a check of your identity at Alipay, from either mini-program. Ten a day"
        " may fail. Refusals: NAME_INVALID, IDENTITY_NUMBER_INVALID, IDENTITY_DIFFERS,"
        " TOO_MANY_ATTEMPTS, CHANNEL_UNAVAILABLE. Failures: UNAUTHENTICATED, FORBIDDEN (not signed"
        " in with `signIn`), UPSTREAM_UNAVAILABLE."
    )
    async def start_verification(
        self,
        info: Info,
        input: Annotated[
            StartVerificationInput, strawberry.argument(description="Name, number and method.")
        ],
    ) -> StartVerificationResult:
        check = await info.context.services.verification.start(
            info.context.principal,
            name=input.name,
            identity_number=input.identity_number,
            method=input.method,
        )
        return StartVerificationSuccess(
            verification_id=to_id("Verification", check.id),
            certify_id=check.ticket.certify_id,
            url=check.ticket.url,
            expires_at=check.expires_at,
        )

    @strawberry.mutation(
        description="Ask the platform how the check went; what the client says about it counts for"
        " nothing. If it was passed, the session goes on at the level of the check, and accounts of"
        " the same person on two platforms become one. Safe to repeat. Refusals: NOT_FOUND,"
        " VERIFICATION_NOT_PASSED, VERIFICATION_EXPIRED, IDENTITY_DIFFERS, SESSION_ENDED. Failures:"
        " UNAUTHENTICATED, FORBIDDEN, UPSTREAM_UNAVAILABLE (ask again)."
    )
    async def complete_verification(
        self,
        info: Info,
        input: Annotated[CompleteVerificationInput, strawberry.argument(description="The check.")],
    ) -> CompleteVerificationResult:
        key = key_of("Verification", input.verification_id)
        opened = await info.context.services.verification.complete(info.context.principal, key)
        return CompleteVerificationSuccess(session=signed_in(info, opened))
