"""The tabs GraphiQL opens with: our examples, or those of a file, with fresh tokens."""

import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from domain.times import Clock
from runtime.settings import Settings, SettingsProblem

LONGEST_TOKEN = timedelta(hours=1)
EXAMPLES: dict[str, dict[str, Any]] = {
    "LookUp": {},
    "BindVehicle": {
        "input": {"plate": "渝A·12345", "plateType": "SMALL_VEHICLE", "proof": "012345"}
    },
    "Licence": {},
    "ViolationCodes": {"search": "超速"},
    "Node": {"id": "(an id of a vehicle or a violation)"},
    "Officer": {"code": "1625"},
    "Finance": {"dayFrom": "2026-11-01", "dayUntil": "2026-11-30"},
}

Sign = Callable[[Mapping[str, Any], timedelta], str]


class Tab(BaseModel):
    """One tab as CLEARWAY_GRAPHIQL_TABS lists it. With `claims` it gets a token at every load."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    query: str
    variables: dict[str, Any] = {}
    headers: dict[str, str] = Field(default={}, repr=False)
    claims: dict[str, Any] | None = Field(default=None, repr=False)


_TABS: TypeAdapter[tuple[Tab, ...]] = TypeAdapter(tuple[Tab, ...])


def example(name: str) -> str:
    """The document of an example."""
    return (files(__package__) / "examples" / f"{name}.graphql").read_text(encoding="utf-8")


def load_tabs(settings: Settings) -> tuple[Tab, ...]:
    """
    The tabs of the configured file, else our examples.

    :raises SettingsProblem: if the file cannot be used, or wants tokens where they must not be had
    """
    if settings.graphiql_tabs is None:
        return tuple(
            Tab(query=example(name), variables=variables) for name, variables in EXAMPLES.items()
        )
    tabs = _read(settings.graphiql_tabs)
    if not settings.is_dev and any(tab.claims is not None for tab in tabs):
        raise _unusable(settings.graphiql_tabs, "`claims` are for the dev profile only")
    return tabs


@dataclass(frozen=True, slots=True)
class TabSigner:
    """Turns tabs into what the page reads, with tokens good for an hour at most."""

    sign: Sign
    issuer: str
    longest_life: timedelta
    clock: Clock

    def shown(self, tab: Tab) -> dict[str, str]:
        """A tab as GraphiQL's `defaultTabs` take it."""
        headers = dict(tab.headers)
        if tab.claims is not None:
            headers["Authorization"] = f"Bearer {self._token(tab.claims)}"
        return {
            "query": tab.query,
            "variables": _editable(tab.variables),
            "headers": _editable(headers),
        }

    def _token(self, claims: Mapping[str, Any]) -> str:
        # Signed in just now: what needs a fresh sign-in can be tried as well.
        session = {"auth_time": int(self.clock().timestamp()), "sid": secrets.token_hex(8)}
        spoken_for = {**session, **claims, "iss": self.issuer}
        return self.sign(spoken_for, min(LONGEST_TOKEN, self.longest_life))


def _editable(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) if value else ""


def _read(file: Path) -> tuple[Tab, ...]:
    try:
        tabs = _TABS.validate_json(file.read_bytes())
    except OSError as error:
        raise _unusable(file, f"it cannot be read ({error.strerror})") from None
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise _unusable(file, f"{place}: {first['msg']}") from None
    if not tabs:
        raise _unusable(file, "it lists no tab")
    return tabs


def _unusable(file: Path, why: str) -> SettingsProblem:
    return SettingsProblem(f"CLEARWAY_GRAPHIQL_TABS: {file} cannot be used: {why}.")
