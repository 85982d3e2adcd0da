"""Which scenarios are on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Generic

from sandbox.platforms.scenario import A, Active, Parameters, Scenario


@dataclass(slots=True)
class Switch(Generic[A]):
    """A scenario switched on: for one method or for all; so often, or for good."""

    scenario: Scenario[A]
    method: str | None
    times: int | None
    parameters: Parameters


class Switchboard(Generic[A]):
    def __init__(self, scenarios: Iterable[Scenario[A]], methods: Iterable[str]) -> None:
        self._scenarios = {scenario.name: scenario for scenario in scenarios}
        self._order = {name: place for place, name in enumerate(self._scenarios)}
        self._methods = frozenset(methods)
        self._switches: list[Switch[A]] = []

    def on(
        self, name: str, method: str | None, times: int | None, given: Mapping[str, object]
    ) -> None:
        """
        Switch a scenario on, or anew if it is on for the same method.

        :raises LookupError: when there is no such scenario or method
        :raises ValueError: when a parameter is wrong
        """
        scenario = self._scenarios[name]
        switch = Switch(scenario, method, times, scenario.parameters(given))
        self.off(name, method)
        self._switches.append(switch)

    def off(self, name: str, method: str | None) -> None:
        """
        Switch off what was switched on for the same method.

        :raises LookupError: when there is no such scenario or method
        """
        if method is not None and method not in self._methods:
            raise LookupError(f"method {method}")
        scenario = self._scenarios[name]
        self._switches = [
            one for one in self._switches if (one.scenario, one.method) != (scenario, method)
        ]

    def clear(self) -> None:
        self._switches = []

    def take(self, method: str) -> tuple[Active[A], ...]:
        """The scenarios for one call, in their order; each counted one has one call less."""
        taken = [one for one in self._switches if one.method in (None, method)]
        for switch in taken:
            if switch.times is not None:
                switch.times -= 1
        self._switches = [one for one in self._switches if one.times != 0]
        taken.sort(key=lambda one: self._order[one.scenario.name])
        return tuple(Active(one.scenario, one.parameters) for one in taken)

    def report(self) -> list[dict[str, object]]:
        return [
            {
                "name": scenario.name,
                "description": scenario.description,
                "parameters": scenario.parameters({}),
                "active": [_shown(one) for one in self._switches if one.scenario is scenario],
            }
            for scenario in self._scenarios.values()
        ]


def _shown(switch: Switch[A]) -> dict[str, object]:
    return {"method": switch.method, "times": switch.times, "parameters": switch.parameters}
