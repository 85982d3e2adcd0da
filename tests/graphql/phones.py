"""A phone with a mini-program: signs in, verifies its owner, keeps its tokens."""

from dataclasses import dataclass
from typing import Any

from sandbox.city import Person
from tests.stack import Api, Json, Platforms

SESSION = """
  accessToken accessTokenExpiresAt refreshToken refreshTokenExpiresAt
  viewer { id name verification }
"""
SIGN_IN = f"""mutation($input: SignInInput!) {{ signIn(input: $input) {{ __typename
  ... on SignInSuccess {{ {SESSION} }}
  ... on Refused {{ refusals {{ code message nextStep }} }} }} }}"""
REFRESH = f"""mutation($input: RefreshSessionInput!) {{ refreshSession(input: $input) {{ __typename
  ... on SignInSuccess {{ {SESSION} }} ... on Refused {{ refusals {{ code }} }} }} }}"""
SIGN_OUT = """mutation($input: SignOutInput!) { signOut(input: $input) { __typename
  ... on SignOutSuccess { everywhere } ... on Refused { refusals { code } } } }"""
END_SESSION = """mutation($input: EndSessionInput!) { endSession(input: $input) { __typename
  ... on EndSessionSuccess { sessionId } ... on Refused { refusals { code } } } }"""
START = """mutation($input: StartVerificationInput!) { startVerification(input: $input) { __typename
  ... on StartVerificationSuccess { verificationId certifyId url expiresAt }
  ... on Refused { refusals { code } } } }"""
COMPLETE = f"""mutation($input: CompleteVerificationInput!) {{
  completeVerification(input: $input) {{ __typename
  ... on CompleteVerificationSuccess {{ session {{ {SESSION} }} }}
  ... on Refused {{ refusals {{ code }} }} }} }}"""
WHO = "{ viewer { id name verification } }"
SESSIONS = """{ viewer { sessions {
  id channel deviceName createdAt lastUsedAt expiresAt isCurrent } } }"""


@dataclass(slots=True)
class Phone:
    """One phone of one person."""

    api: Api
    platforms: Platforms
    person: Person
    channel: str = "ALIPAY"
    access: str | None = None
    refresh: str | None = None

    async def code(self) -> str:
        """What the platform gives the mini-program."""
        return await self.platforms.auth_code(self.channel, self.person.index)

    async def sign_in(self, **changed: Json) -> Json:
        """Sign in, as `changed` says; the result."""
        given = {"channel": self.channel, "authCode": await self.code()} | changed
        return self.keep(await self.do("signIn", SIGN_IN, signed_out=True, **given))

    async def renew(self, token: str | None = None) -> Json:
        """Refresh the session."""
        given = token if token is not None else self.refresh
        result = await self.do("refreshSession", REFRESH, signed_out=True, refreshToken=given)
        return self.keep(result)

    async def verify(self, face: Person | None = None, **changed: Json) -> Json:
        """Start a check, let somebody show a face (the owner), and complete it."""
        started = await self.start(**changed)
        await self.platforms.show_face(started["certifyId"], (face or self.person).index)
        return await self.complete(started["verificationId"])

    async def start(self, **changed: Json) -> Json:
        """Start a check of the owner's identity."""
        own: dict[str, Json] = {
            "name": self.person.name,
            "identityNumber": self.person.identity_number,
        }
        return await self.do("startVerification", START, **(own | changed))

    async def complete(self, verification_id: str) -> Json:
        """Complete a check, and go on with the tokens that brings."""
        result = await self.do("completeVerification", COMPLETE, verificationId=verification_id)
        self.keep(result.get("session", {}))
        return result

    async def ask(self, query: str, **variables: Json) -> Any:
        """Ask as the phone's owner; the whole answer and its status."""
        return await self.api.post({"query": query, "variables": variables}, self.access)

    async def do(
        self, field: str, mutation: str, /, *, signed_out: bool = False, **given: Json
    ) -> Json:
        """One mutation; its result."""
        body = {"query": mutation, "variables": {"input": given}}
        response = await self.api.post(
            body, None if signed_out else self.access, **{"accept-language": "en"}
        )
        answer = response.json()
        assert (response.status_code, "errors" in answer) == (200, False), answer
        return answer["data"][field]

    def keep(self, result: Json) -> Json:
        """Keep the tokens of a result, if it has any."""
        if "accessToken" in result:
            self.access, self.refresh = result["accessToken"], result["refreshToken"]
        return result


def refused(*codes: str) -> Json:
    """The result of a mutation that a rule said no to."""
    return {"__typename": "Refused", "refusals": [{"code": code} for code in codes]}
