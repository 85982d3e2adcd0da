"""The tabs of a trial's GraphiQL: citizen 0 of the city, and an officer."""

import json
import tempfile
from pathlib import Path
from typing import Any

from cli.cities import binding, own_vehicles
from cli.tokens import OFFICER_ROLE, citizen_claims, officer_claims
from graphql_api.graphiql import example
from runtime.settings import Settings
from sandbox.city import Person

WORDS = "超速"
CODE = "1625"


def write_tabs(file: Path, settings: Settings, person: Person) -> None:
    """Replace the file in one step, readable by its owner only: it names the person."""
    descriptor, draft = tempfile.mkstemp(prefix=f".{file.name}-", dir=file.parent)
    with open(descriptor, "w", encoding="utf-8") as output:
        json.dump(_tabs(settings, person), output, ensure_ascii=False, indent=2)
    Path(draft).replace(file)


def _tabs(settings: Settings, person: Person) -> list[dict[str, Any]]:
    citizen = {"claims": citizen_claims(settings, person)}
    officer = {"claims": officer_claims(settings, OFFICER_ROLE)}
    bind = [
        {"query": example("BindVehicle"), "variables": {"input": binding(one)}, **citizen}
        for one in own_vehicles(person)[:1]
    ]
    return [
        {"query": example("LookUp"), **citizen},
        *bind,
        {"query": example("Licence"), **citizen},
        {"query": example("ViolationCodes"), "variables": {"search": WORDS}, **citizen},
        {"query": example("Officer"), "variables": {"code": CODE}, **officer},
    ]
