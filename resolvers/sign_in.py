"""Signing in, staying signed in, signing out."""

from datetime import datetime
from typing import Annotated

import strawberry

from resolvers.channel import Channel
from resolvers.citizen import Citizen
from resolvers.context import Info
from resolvers.ids import key_of
from resolvers.refusals import Refused
from services.sign_in import OpenSession


@strawberry.input(description="A code that the platform gave the mini-program.")
class SignInInput:
    channel: Channel = strawberry.field(description="The platform the code is from.")
    auth_code: str = strawberry.field(
        description="The code as `my.getAuthCode` or `wx.login` gave it: good once, for minutes."
    )
    device_name: str | None = strawberry.field(
        default=None,
        description="What the person calls this phone, shown in `viewer.sessions`; 80 characters.",
    )


@strawberry.type(description="A session is open. Keep both tokens on the phone, nowhere else.")
class SignInSuccess:
    access_token: str = strawberry.field(
        description="Send it as `Authorization: Bearer …`. Good for 15 minutes."
    )
    access_token_expires_at: datetime = strawberry.field(
        description="When to have called `refreshSession`."
    )
    refresh_token: str = strawberry.field(
        description="For `refreshSession`, once: the answer brings the next one."
    )
    refresh_token_expires_at: datetime = strawberry.field(
        description="When the session ends and the person signs in again; 30 days at most."
    )
    viewer: Citizen = strawberry.field(description="Who is signed in now.")


SignInResult = Annotated[
    SignInSuccess | Refused,
    strawberry.union("SignInResult", description="An open session, or why not."),
]


@strawberry.input(description="The session to renew.")
class RefreshSessionInput:
    refresh_token: str = strawberry.field(description="The newest refresh token of the session.")


@strawberry.input(description="What to sign out of.")
class SignOutInput:
    everywhere: bool = strawberry.field(
        default=False, description="All sessions of the person, not only this one."
    )
    refresh_token: str | None = strawberry.field(
        default=None,
        description="Ends the session of this refresh token instead: for a phone whose access token"
        " has expired. Needs no Authorization header.",
    )


@strawberry.type(description="Signed out. Access tokens are refused within 5 seconds.")
class SignOutSuccess:
    everywhere: bool = strawberry.field(description="Whether all sessions were ended.")


SignOutResult = Annotated[
    SignOutSuccess | Refused,
    strawberry.union("SignOutResult", description="Signed out, or why not."),
]


@strawberry.input(description="Which session to end.")
class EndSessionInput:
    session_id: strawberry.ID = strawberry.field(description="Id of a session of yours.")


@strawberry.type(description="That session is over. Its tokens are refused within 5 seconds.")
class EndSessionSuccess:
    session_id: strawberry.ID = strawberry.field(description="The id that was given.")


EndSessionResult = Annotated[
    EndSessionSuccess | Refused,
    strawberry.union("EndSessionResult", description="Done, or why not."),
]


def signed_in(info: Info, opened: OpenSession) -> SignInSuccess:
    """The answer to a sign-in; what is asked below it, is asked as the person who signed in."""
    info.context.speak_for(opened.citizen)
    return SignInSuccess(
        access_token=opened.access.text,
        access_token_expires_at=opened.access.expires_at,
        refresh_token=opened.refresh.text,
        refresh_token_expires_at=opened.refresh.expires_at,
        viewer=Citizen.of(opened.citizen),
    )


@strawberry.type
class SessionMutations:
    @strawberry.mutation(
        description="Sign in with a mini-program's code. Refusals: AUTH_CODE_INVALID,"
        " ACCOUNT_BLOCKED, CHANNEL_UNAVAILABLE. Failures: UPSTREAM_UNAVAILABLE (get a new code,"
        " then try again), RATE_LIMITED. No Authorization header is needed."
    )
    async def sign_in(
        self,
        info: Info,
        input: Annotated[SignInInput, strawberry.argument(description="Platform and code.")],
    ) -> SignInResult:
        opened = await info.context.services.sign_in.sign_in(
            input.channel, input.auth_code, device_name=input.device_name
        )
        return signed_in(info, opened)

    @strawberry.mutation(
        description="Renew a session before or after its access token has expired. The refresh"
        " token is used up; shown again within 10 seconds it brings the same answer, later it ends"
        " the session, because somebody has a copy. Refusals: SESSION_ENDED (sign in again). No"
        " Authorization header is needed."
    )
    async def refresh_session(
        self,
        info: Info,
        input: Annotated[
            RefreshSessionInput, strawberry.argument(description="The refresh token.")
        ],
    ) -> SignInResult:
        opened = await info.context.services.sign_in.refresh(input.refresh_token)
        return signed_in(info, opened)

    @strawberry.mutation(
        description="Sign out here, or everywhere. Safe to repeat. Failures: UNAUTHENTICATED"
        " without a token, FORBIDDEN for another issuer's token that names no session."
    )
    async def sign_out(
        self,
        info: Info,
        input: Annotated[SignOutInput, strawberry.argument(description="What to sign out of.")],
    ) -> SignOutResult:
        sessions = info.context.services.sessions
        if input.refresh_token is not None:
            await sessions.sign_out_with(input.refresh_token)
        else:
            await sessions.sign_out(info.context.principal, everywhere=input.everywhere)
        return SignOutSuccess(everywhere=input.everywhere and input.refresh_token is None)

    @strawberry.mutation(
        description="End one of your sessions, on this phone or another. Refusals: NOT_FOUND."
        " Failures: UNAUTHENTICATED, BAD_REQUEST for an id of another kind."
    )
    async def end_session(
        self,
        info: Info,
        input: Annotated[EndSessionInput, strawberry.argument(description="The session.")],
    ) -> EndSessionResult:
        key = key_of("Session", input.session_id)
        await info.context.services.sessions.end(info.context.principal, key)
        return EndSessionSuccess(session_id=input.session_id)
