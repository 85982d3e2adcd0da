"""What has served its purpose is thrown away, and nothing else."""

from sandbox.city import Person
from tests.graphql.phones import Phone
from tests.stack import Api, Platforms, TestClock

COUNTS = """SELECT (SELECT count(*) FROM identity_checks), (SELECT count(*) FROM sessions),
  (SELECT count(*) FROM revocations)"""


async def test_what_is_over_is_thrown_away(
    api: Api, platforms: Platforms, citizen: Person, clock: TestClock
) -> None:
    phone, other = Phone(api, platforms, citizen), Phone(api, platforms, citizen)
    await phone.sign_in()
    await phone.verify()
    await phone.start()
    await other.sign_in()
    await other.do(
        "signOut",
        "mutation($input: SignOutInput!) { signOut(input: $input) { __typename } }",
        everywhere=False,
    )
    assert await api.rows(COUNTS) == [(2, 2, 1)]

    assert await api.running.housekeeping.tidy() == 0
    clock.advance(hours=2)
    assert await api.running.housekeeping.tidy() == 1
    assert await api.rows(COUNTS) == [(2, 2, 0)]

    clock.advance(days=4)
    assert await api.running.housekeeping.tidy() == 2
    assert await api.rows(COUNTS) == [(0, 2, 0)]
    assert (await phone.renew())["__typename"] == "SignInSuccess"

    clock.advance(days=130)
    assert await api.running.housekeeping.tidy() == 2
    assert await api.rows(COUNTS) == [(0, 0, 0)]
    assert await api.rows("SELECT count(*) FROM citizens") == [(1,)]
