"""The tabs of a trial's GraphiQL: citizen 0 of the city, and an officer."""

import json
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

from cli.cities import binding, own_vehicles
from cli.tokens import OFFICER_ROLE, citizen_claims, officer_claims
from domain.times import legal_day, utc_now
from graphql_api.graphiql import example
from runtime.settings import Settings
from sandbox.city import Person
from services.access import FINANCE

WORDS = "超速"
CODE = "1625"
DAYS = timedelta(days=7)


def write_tabs(file: Path, settings: Settings, person: Person) -> None:
    """Replace the file in one step, readable by its owner only: it names the person."""
    descriptor, draft = tempfile.mkstemp(prefix=f".{file.name}-", dir=file.parent)
    with open(descriptor, "w", encoding="utf-8") as output:
        json.dump(_tabs(settings, person), output, ensure_ascii=False, indent=2)
    Path(draft).replace(file)


def _tabs(settings: Settings, person: Person) -> list[dict[str, Any]]:
    citizen = {"claims": citizen_claims(settings, person)}
    officer = {"claims": officer_claims(settings, OFFICER_ROLE)}
    finance = {"claims": officer_claims(settings, FINANCE)}
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
        {"query": example("Finance"), "variables": _last_days(), **finance},
    ]


def _last_days() -> dict[str, str]:
    """The days whose reconciliation somebody looks at first."""
    today = legal_day(utc_now())
    return {"dayFrom": (today - DAYS).isoformat(), "dayUntil": today.isoformat()}
