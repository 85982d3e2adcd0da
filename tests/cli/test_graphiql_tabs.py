"""The tabs that `clearway dev` gives to GraphiQL."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from cli.cities import own_vehicles
from cli.graphiql_tabs import write_tabs
from cli.stack import Plan
from cli.tokens import citizen_claims, officer_claims
from domain.times import legal_day, utc_now
from graphql_api.graphiql import example
from runtime.settings import Profile, Settings
from sandbox.city import Person


def test_tabs_say_who_and_hold_no_token(tmp_path: Path, citizen: Person) -> None:
    settings = Settings(profile=Profile.DEV, data_dir=tmp_path)
    file = tmp_path / "tabs.json"
    file.write_text("of an earlier start")
    file.chmod(0o644)

    write_tabs(file, settings, citizen)

    today = legal_day(utc_now())
    mine = citizen_claims(settings, citizen)
    vehicle = own_vehicles(citizen)[0]
    given = {
        "plate": vehicle.plate_number,
        "plateType": "SMALL_VEHICLE",
        "proof": vehicle.vin[-6:],
    }
    assert json.loads(file.read_text("utf-8")) == [
        {"query": example("LookUp"), "claims": mine},
        {"query": example("BindVehicle"), "variables": {"input": given}, "claims": mine},
        {"query": example("Licence"), "claims": mine},
        {"query": example("ViolationCodes"), "variables": {"search": "超速"}, "claims": mine},
        {
            "query": example("Officer"),
            "variables": {"code": "1625"},
            "claims": officer_claims(settings, "reviewer"),
        },
        {
            "query": example("Finance"),
            "variables": {
                "dayFrom": (today - timedelta(days=7)).isoformat(),
                "dayUntil": today.isoformat(),
            },
            "claims": officer_claims(settings, "finance"),
        },
    ]
    assert file.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in tmp_path.iterdir()] == ["tabs.json"]


def test_who_has_no_vehicle_binds_none(tmp_path: Path, citizen: Person) -> None:
    settings = Settings(profile=Profile.DEV, data_dir=tmp_path)

    write_tabs(tmp_path / "tabs.json", settings, replace(citizen, vehicles=()))

    tabs = json.loads((tmp_path / "tabs.json").read_text("utf-8"))
    assert example("BindVehicle") not in [tab["query"] for tab in tabs]


def test_tabs_that_the_user_has_set_are_used(tmp_path: Path) -> None:
    plan = Plan(Settings(profile=Profile.DEV, data_dir=tmp_path), 8100, 50, 7)
    name = "CLEARWAY_GRAPHIQL_TABS"

    assert plan.environment({})[name] == str(tmp_path / "graphiql-tabs.json")
    assert plan.environment({name: "mine.json"})[name] == "mine.json"
