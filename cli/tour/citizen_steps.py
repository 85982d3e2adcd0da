"""Steps of the tour: a citizen binds his vehicles and looks up violations and licence."""

from http import HTTPStatus

from cli.cities import binding, own_vehicles
from cli.tour.expectations import expect
from cli.tour.story import Facts, Story

WHO = "{ viewer { name verification } }"
BIND = """
mutation($input: BindVehicleInput!) { bindVehicle(input: $input) { __typename
  ... on BindVehicleSuccess { vehicle { plate { display } make } }
  ... on Refused { refusals { code message nextStep } } } }
"""
LOOK_UP = """
{ viewer { violations(first: 3) {
  totalCount totals { fine { yuan } owedFine { yuan } points unknownAmounts }
  nodes { occurredAt place description fine { yuan } points status } } } }
"""
BY_VEHICLE = "{ viewer { vehicles { nodes { plate { number } violations { totalCount } } } } }"
LICENCE = """
{ viewer { licence { classes { code text } statuses { letter text } valid points
  scoringCycle { startsOn endsOn points limit } nextResetOn validUntil } } }
"""

# The source of a decision that no camera record led to, as the sandbox writes it.
ON_SCENE = "1"


async def token(story: Story, facts: Facts) -> None:
    """A token says who asks; a forged one says nothing."""
    viewer = (await story.ask(story.token(), WHO)).data["viewer"]
    facts["viewer"] = viewer
    masked = "*" in viewer["name"] and viewer["name"] != story.hero.name
    expect(masked, "a masked name", viewer["name"])
    expect(viewer["verification"] == "FACE", "verification FACE", viewer["verification"])

    head, payload, signature = story.token().split(".")
    forged = await story.ask(f"{head}.{payload}.{signature[::-1]}", WHO)
    facts["forged_token"] = forged.status
    expect(forged.status == HTTPStatus.UNAUTHORIZED, "401 for a forged token", forged.status)


async def bind(story: Story, facts: Facts) -> None:
    """His own vehicles with proof; never another's with a guess."""
    facts["bound"] = []
    for vehicle in own_vehicles(story.hero):
        # As people type it: lower case, and a dot after the second character.
        typed = f"{vehicle.plate_number[:2]}·{vehicle.plate_number[2:]}".lower()
        answer = await story.ask(story.token(), BIND, input=binding(vehicle) | {"plate": typed})
        result = answer.data["bindVehicle"]
        expect(result["__typename"] == "BindVehicleSuccess", "a bound vehicle", result)
        facts["bound"].append(result["vehicle"]["plate"]["display"])

    guesser = story.stranger()
    victim = own_vehicles(story.stranger(with_vehicle=True, not_this=guesser))[0]
    guess = binding(victim) | {"proof": "000000"}
    result = (await story.ask(story.token(guesser), BIND, input=guess)).data["bindVehicle"]
    codes = [refusal["code"] for refusal in result.get("refusals", ())]
    facts["wrong_proof_for_another_vehicle"] = codes
    expect(codes == ["VEHICLE_NOT_CONFIRMED"], "the refusal VEHICLE_NOT_CONFIRMED", result)


async def look_up(story: Story, facts: Facts) -> None:
    """As many violations as the register holds, in sum and for each vehicle."""
    violations = (await story.ask(story.token(), LOOK_UP)).data["viewer"]["violations"]
    facts["violations"] = violations["totalCount"]
    facts["totals"] = violations["totals"]
    facts["newest"] = violations["nodes"]
    expected = sum(_recorded(story).values()) + _decided_beyond(story)
    came = violations["totalCount"]
    expect(came == expected, f"{expected} violations", came)

    nodes = (await story.ask(story.token(), BY_VEHICLE)).data["viewer"]["vehicles"]["nodes"]
    counts = {node["plate"]["number"]: node["violations"]["totalCount"] for node in nodes}
    facts["by_vehicle"] = counts
    expect(counts == _recorded(story), _recorded(story), counts)


async def licence(story: Story, facts: Facts) -> None:
    """Classes, statuses in words, points, and the scoring cycle they belong to."""
    shown = (await story.ask(story.token(), LICENCE)).data["viewer"]["licence"]
    facts["licence"] = shown
    expect(shown is not None, "a licence", shown)
    held = story.hero.licence
    letters = "".join(status["letter"] for status in shown["statuses"])
    expect(held is not None and letters == held.status, held and held.status, letters)
    expect(held is not None and shown["points"] == held.points, held, shown["points"])
    texts = [one["text"] for one in shown["classes"] + shown["statuses"]]
    expect(len(texts) > 1 and all(texts), "classes and statuses in words", texts)
    cycle = shown["scoringCycle"]
    expect(cycle is not None and cycle["startsOn"] < cycle["endsOn"], "a scoring cycle", cycle)


def _recorded(story: Story) -> dict[str, int]:
    """What cameras recorded, by plate. It stays one violation when it is decided."""
    return {one.plate_number: len(one.records) for one in own_vehicles(story.hero)}


def _decided_beyond(story: Story) -> int:
    """Decisions against him on the scene, or for what he did with another's vehicle."""
    own = {vehicle.plate_number for vehicle in own_vehicles(story.hero)}
    return sum(
        decision.source == ON_SCENE or decision.plate_number not in own
        for decision in story.hero.decisions
    )
