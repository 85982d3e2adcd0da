"""Steps of the tour: a person signs in with a mini-program, is verified by face, signs out."""

import asyncio
import time
from http import HTTPStatus

from cli.tour.expectations import expect
from cli.tour.story import Answer, Facts, Story

SESSION = "accessToken refreshToken viewer { id name verification }"
SIGN_IN = f"""
mutation($input: SignInInput!) {{ signIn(input: $input) {{ __typename
  ... on SignInSuccess {{ {SESSION} }} ... on Refused {{ refusals {{ code }} }} }} }}
"""
REFRESH = f"""
mutation($input: RefreshSessionInput!) {{ refreshSession(input: $input) {{ __typename
  ... on SignInSuccess {{ {SESSION} }} ... on Refused {{ refusals {{ code }} }} }} }}
"""
START = """
mutation($input: StartVerificationInput!) { startVerification(input: $input) { __typename
  ... on StartVerificationSuccess { verificationId certifyId url }
  ... on Refused { refusals { code } } } }
"""
COMPLETE = f"""
mutation($input: CompleteVerificationInput!) {{ completeVerification(input: $input) {{ __typename
  ... on CompleteVerificationSuccess {{ session {{ {SESSION} }} }}
  ... on Refused {{ refusals {{ code }} }} }} }}
"""
SIGN_OUT = "mutation { signOut(input: {everywhere: true}) { __typename } }"
WHO = "{ viewer { name verification } }"
# What we promise: a session that was ended opens nothing after so long, on any process.
REVOKED_SECONDS = 5.0
POLL_SECONDS = 0.2


async def sign_in(story: Story, facts: Facts) -> None:
    """A code of the mini-program opens a session, once; a new account is nobody yet."""
    for channel in ("WECHAT", "ALIPAY"):
        code = await story.auth_code(channel)
        given = {"channel": channel, "authCode": code}
        result = _result(await story.ask(None, SIGN_IN, input=given), "signIn")
        expect(result["__typename"] == "SignInSuccess", "a session", result)
        again = _result(await story.ask(None, SIGN_IN, input=given), "signIn")
        codes = [one["code"] for one in again.get("refusals", ())]
        expect(codes == ["AUTH_CODE_INVALID"], "AUTH_CODE_INVALID for a used code", again)
        facts[f"{channel.lower()}_code"] = "a session; the same code again: AUTH_CODE_INVALID"
        story.keep(result)
    facts["viewer"] = {name: result["viewer"][name] for name in ("name", "verification")}

    renewed = await story.ask(None, REFRESH, input={"refreshToken": story.refresh_token})
    before, after = story.refresh_token, _result(renewed, "refreshSession")
    expect(after.get("refreshToken") not in (None, before), "another refresh token", after)
    story.keep(after)
    facts["refreshed"] = "a new access token and a new refresh token"


async def verify(story: Story, facts: Facts) -> None:
    """Only the platform's own word raises the level; what the phone claims counts for nothing."""
    started = await _start(story, story.token())
    early = await _complete(story, story.token(), started)
    codes = [one["code"] for one in early.get("refusals", ())]
    facts["before_the_face_was_shown"] = codes
    expect(codes == ["VERIFICATION_NOT_PASSED"], "VERIFICATION_NOT_PASSED", early)

    await story.show_face(started["certifyId"])
    done = await _complete(story, story.token(), started)
    expect("session" in done, "a verified session", done)
    story.keep(done["session"])
    viewer = done["session"]["viewer"]
    facts["viewer"] = {name: viewer[name] for name in ("name", "verification")}
    expect(viewer["verification"] == "FACE", "verification FACE", viewer)
    masked = "*" in viewer["name"] and viewer["name"] != story.hero.name
    expect(masked, "a masked name", viewer["name"])


async def another_session(story: Story, channel: str) -> str:
    """The hero signs in to another mini-program and shows the face there: its access token."""
    code = {"channel": channel, "authCode": await story.auth_code(channel)}
    opened = _result(await story.ask(None, SIGN_IN, input=code), "signIn")
    expect("accessToken" in opened, "a session", opened)
    started = await _start(story, opened["accessToken"])
    await story.show_face(started["certifyId"])
    done = await _complete(story, opened["accessToken"], started)
    expect("session" in done, "a verified session", done)
    return str(done["session"]["accessToken"])


async def sign_out(story: Story, facts: Facts) -> None:
    """Signed out everywhere: both tokens are dead within seconds."""
    token, refresh_token = story.token(), story.refresh_token
    _result(await story.ask(token, SIGN_OUT), "signOut")
    began = time.monotonic()
    while (answer := await story.ask(token, WHO)).status != HTTPStatus.UNAUTHORIZED:
        waited = time.monotonic() - began
        expect(waited < REVOKED_SECONDS, "401 within 5 s of the sign-out", answer.body)
        await asyncio.sleep(POLL_SECONDS)
    facts["access_token_refused_after_seconds"] = round(time.monotonic() - began, 1)

    renewed = await story.ask(None, REFRESH, input={"refreshToken": refresh_token})
    codes = [one["code"] for one in _result(renewed, "refreshSession").get("refusals", ())]
    facts["refresh_token"] = codes
    expect(codes == ["SESSION_ENDED"], "SESSION_ENDED for the refresh token", codes)


async def _start(story: Story, token: str) -> Facts:
    hero = {"name": story.hero.name, "identityNumber": story.hero.identity_number}
    started = _result(await story.ask(token, START, input=hero), "startVerification")
    expect("certifyId" in started, "an open check", started)
    return started


async def _complete(story: Story, token: str, started: Facts) -> Facts:
    check = {"verificationId": started["verificationId"]}
    return _result(await story.ask(token, COMPLETE, input=check), "completeVerification")


def _result(answer: Answer, field: str) -> Facts:
    found: Facts = answer.data[field]
    return found
