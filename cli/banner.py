"""What `clearway dev` shows when everything answers."""

import json
from collections.abc import Mapping

from cli.cities import binding, own_vehicles
from cli.console import OUT
from cli.stack import Plan
from cli.tokens import OFFICER_ROLE, citizen_token, longest_life, officer_token
from runtime.settings import GraphiQLDoor
from sandbox.city import City

LOOK_UP = (
    "{ viewer { name licence { points statuses { text } }"
    " violations(first: 3) { totalCount totals { fine { yuan } points }"
    " nodes { occurredAt place description fine { yuan } status } } } }"
)
BIND = (
    "mutation($input: BindVehicleInput!) { bindVehicle(input: $input) {"
    " ... on BindVehicleSuccess { vehicle { plate { display } make"
    " violations(first: 3) { totalCount nodes { description status } } } }"
    " ... on Refused { refusals { code message nextStep } } } }"
)


def show_banner(plan: Plan, city: City) -> None:
    """Where everything is, two tokens, and commands to paste."""
    settings = plan.settings
    life = longest_life(settings)
    person = city.citizen(0)
    citizen = citizen_token(settings, person, life)
    officer = officer_token(settings, OFFICER_ROLE, life)
    hours = life.total_seconds() / 3600

    OUT.print("\nClearway is ready.\n", style="bold green")
    OUT.print(f"GraphQL:   {plan.api_url}/graphql")
    if settings.graphiql_door is not GraphiQLDoor.OFF:
        OUT.print(f"GraphiQL:  {plan.api_url}/graphiql")
    OUT.print(f"Sandbox:   {plan.sandbox_url}/control/scenarios")
    OUT.print(f"Data:      {settings.data_dir}  (database, keys, logs)")
    _section(f"Token of citizen 0 (good for {hours:g} h):", citizen)
    _section(f"Token of an officer ({OFFICER_ROLE}, good for {hours:g} h):", officer)
    if own := own_vehicles(person):
        body = {"query": BIND, "variables": {"input": binding(own[0])}}
        _section("Bind a vehicle of citizen 0 (paste it):", _curl(plan, citizen, body))
    _section("Look up violations and licence (paste it):", _curl(plan, citizen, {"query": LOOK_UP}))
    OUT.print("\nAnother citizen: clearway token --citizen N      Stop: Ctrl-C")


def _section(title: str, text: str) -> None:
    OUT.print(f"\n{title}", style="bold")
    OUT.print(text)


def _curl(plan: Plan, token: str, body: Mapping[str, object]) -> str:
    # Nothing in it has a single quote: the shell hands it over as it is.
    text = json.dumps(body, ensure_ascii=False)
    return (
        f"curl -sS {plan.api_url}/graphql -H 'Content-Type: application/json' "
        f"-H 'Authorization: Bearer {token}' --data '{text}'"
    )
