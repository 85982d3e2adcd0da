"""Which scenarios are on: by command, or because a magic plate is asked for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.city import MAGIC_PLATES
from sandbox.police.scenarios import SCENARIOS, Active, Scenario

_SCENARIO_OF_PLATE = {
    plate: SCENARIOS[name] for name, plate in MAGIC_PLATES.items() if name in SCENARIOS
}
_ORDER = {name: place for place, name in enumerate(SCENARIOS)}


@dataclass(slots=True)
class Switch:
    """A scenario switched on: for one interface or plate or for all; so often, or for good."""

    scenario: Scenario
    interface: str | None
    plate: str | None
    times: int | None
    parameters: Mapping[str, Any]

    def fits(self, interface: str, plate: str) -> bool:
        return self.interface in (None, interface) and self.plate in (None, plate)


class Switchboard:
    def __init__(self) -> None:
        self._switches: list[Switch] = []

    def on(self, switch: Switch) -> None:
        self.off(switch.scenario.name, switch.interface, switch.plate)
        self._switches.append(switch)

    def off(self, name: str, interface: str | None = None, plate: str | None = None) -> None:
        """Switch off what was switched on with the same interface and plate."""
        key = (name, interface, plate)
        self._switches = [
            switch
            for switch in self._switches
            if (switch.scenario.name, switch.interface, switch.plate) != key
        ]

    def clear(self) -> None:
        self._switches = []

    def take(self, interface: str, plate: str) -> list[Active]:
        """The scenarios for one call, in their order; each counted one has one call less."""
        active = [Active(one.scenario, one.parameters) for one in self._taken(interface, plate)]
        if magic := magic_of(interface, plate):
            active.append(magic)
        return sorted(active, key=lambda one: _ORDER[one.scenario.name])

    def report(self) -> list[dict[str, object]]:
        return [
            {
                "name": scenario.name,
                "description": scenario.description,
                "plate": MAGIC_PLATES.get(scenario.name),
                "active": [_shown(one) for one in self._switches if one.scenario is scenario],
            }
            for scenario in SCENARIOS.values()
        ]

    def _taken(self, interface: str, plate: str) -> list[Switch]:
        taken = [switch for switch in self._switches if switch.fits(interface, plate)]
        for switch in taken:
            if switch.times is not None:
                switch.times -= 1
        self._switches = [switch for switch in self._switches if switch.times != 0]
        return taken


def magic_of(interface: str, plate: str) -> Active | None:
    """The quirk of a magic plate, if it shows in this interface."""
    scenario = _SCENARIO_OF_PLATE.get(plate)
    if scenario is None or interface not in scenario.magic_interfaces:
        return None
    return Active(scenario, scenario.magic_parameters)


def _shown(switch: Switch) -> dict[str, object]:
    return {
        "interface": switch.interface,
        "plate": switch.plate,
        "times": switch.times,
        "parameters": switch.parameters,
    }
