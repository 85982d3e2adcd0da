"""What a citizen holds is read in one statement, and asked about all at the same time."""

import asyncio

import pytest

from domain.failures import UpstreamUnavailable
from domain.freshness import FreshnessState
from domain.principals import Citizen as Principal
from domain.principals import VerificationLevel
from sandbox.city import Person
from services.holdings import Holdings
from services.violation_pages import PageRequest
from tests.graphql.queries import bind_all
from tests.stack import Api, Register, TestClock

# Vehicle, violations of a plate, licence, decisions against a driver.
VEHICLE, LIST, LICENCE, DECISIONS = "01C21", "04C03", "02C06", "04C01"

TOGETHER = """{ viewer {
  vehicles { nodes { id violations(first: 20) { totalCount nodes { id decision { id } } } } }
  licence { number points }
} }"""


def principal(api: Api, person: Person) -> Principal:
    """A person of the city as their token makes them known."""
    return Principal(
        api.settings.own_issuer,
        f"citizen-{person.index}",
        person.name,
        person.identity_number,
        VerificationLevel.FACE,
    )


async def everything(api: Api, who: Principal, holdings: Holdings) -> FreshnessState:
    """The garage, its lists, the licence and the decisions, as a request asks for them."""
    services = api.running.services
    garage = await services.garage.of(who, holdings)
    licence, _, whole = await asyncio.gather(
        services.licences.of(who, holdings),
        services.violations.of_vehicles(garage.vehicles, PageRequest()),
        services.violations.of_citizen(who, garage, PageRequest()),
    )
    assert licence is not None
    assert {held.freshness.state for held in garage.vehicles} == {licence.freshness.state}
    return whole.freshness.state


async def test_two_statements_are_enough(api: Api, citizen: Person) -> None:
    await bind_all(api, citizen)
    first = await api.ask(TOGETHER, citizen)
    api.statements.clear()

    assert await api.ask(TOGETHER, citizen) == first
    holdings, violations = api.statements
    assert all(name in holdings for name in ("vehicle_bindings", "licences", "mirror_entries"))
    assert "unnest" in violations
    assert "errors" not in first


async def test_what_is_begun_is_asked_once_and_waited_for(
    api: Api, citizen: Person, register: Register, clock: TestClock
) -> None:
    await bind_all(api, citizen)
    who, garage = principal(api, citizen), api.running.services.garage
    await everything(api, who, await garage.holdings(who))
    clock.advance(minutes=11)
    await register.forget_calls()

    holdings = await garage.holdings(who)
    garage.begin(holdings, lists=slice(None), decisions=True, licence=True)
    assert await everything(api, who, holdings) is FreshnessState.FRESH

    cars = len(citizen.vehicles)
    assert await register.calls() == {VEHICLE: cars, LIST: cars, LICENCE: 1, DECISIONS: 1}


async def test_nothing_is_begun_that_is_fresh(
    api: Api, citizen: Person, register: Register
) -> None:
    await bind_all(api, citizen)
    who, garage = principal(api, citizen), api.running.services.garage
    await everything(api, who, await garage.holdings(who))
    await register.forget_calls()

    holdings = await garage.holdings(who)
    garage.begin(holdings, lists=slice(None), decisions=True, licence=True)

    assert holdings.asked == {}
    assert await register.calls() == {}


async def test_a_silent_register_is_not_asked_twice_for_one_request(
    api: Api, citizen: Person, register: Register, clock: TestClock
) -> None:
    await bind_all(api, citizen)
    who, garage = principal(api, citizen), api.running.services.garage
    await everything(api, who, await garage.holdings(who))
    clock.advance(minutes=11)
    await register.switch("down")
    await register.forget_calls()

    holdings = await garage.holdings(who)
    garage.begin(holdings, lists=slice(None), decisions=True, licence=True)
    await asyncio.wait(holdings.asked.values())
    before = await register.calls()
    clock.advance(seconds=4)  # The register is no longer left alone after its failure.
    assert await everything(api, who, holdings) is FreshnessState.STALE

    after = await register.calls()
    assert {name: after[name] - before.get(name, 0) for name in after} == {
        VEHICLE: len(citizen.vehicles),
        LIST: 0,
        LICENCE: 0,
        DECISIONS: 0,
    }


async def test_only_the_lists_that_will_be_shown_are_asked_for(
    api: Api, citizen: Person, register: Register, clock: TestClock
) -> None:
    await bind_all(api, citizen)
    who, garage = principal(api, citizen), api.running.services.garage
    clock.advance(minutes=11)
    await register.forget_calls()

    holdings = await garage.holdings(who)
    garage.begin(holdings, lists=slice(1, 2))
    await asyncio.wait(holdings.asked.values())

    assert await register.calls() == {LIST: 1}
    [question] = holdings.asked
    assert question.key == holdings.shown[1].plate_key


async def test_a_licence_that_was_never_read_is_not_none(
    api: Api, citizen: Person, register: Register
) -> None:
    await register.switch("down")
    who, services = principal(api, citizen), api.running.services
    holdings = await services.garage.holdings(who)
    services.garage.begin(holdings, licence=True)

    with pytest.raises(UpstreamUnavailable):
        await services.licences.of(who, holdings)


async def test_holdings_say_nothing_of_the_person(api: Api, citizen: Person) -> None:
    await bind_all(api, citizen)
    holdings = await api.running.services.garage.holdings(principal(api, citizen))

    for secret in (citizen.identity_number, citizen.vehicles[0].plate_number):
        assert secret not in repr(holdings)
