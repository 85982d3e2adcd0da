"""The answers printed in the README are the answers one gets."""

import json
import re
from pathlib import Path
from typing import Any

from sandbox.city import Person
from tests.graphql.queries import BIND, bind_all, binding
from tests.stack import Api

README = (Path(__file__).parent.parent / "README.md").read_text("utf-8")


def block(language: str, number: int = 0) -> str:
    """One of the code blocks of a language."""
    found: list[str] = re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)
    return found[number]


async def test_the_query_and_its_answer(api: Api, citizen: Person) -> None:
    await bind_all(api, citizen)

    answer = await api.ask(block("graphql"), citizen)

    assert _timeless(answer) == _timeless(json.loads(block("json")))


async def test_the_refusal(api: Api, citizen: Person) -> None:
    wrong = binding(citizen.vehicles[0], plate="渝AO1234", plateType="SMALL_VEHICLE")

    english = await api.ask(BIND, citizen, input=wrong)
    chinese = await api.ask(BIND, citizen, language="zh-CN", input=wrong)

    printed = [json.loads(line) for line in block("json", 1).splitlines()]
    shown = [a["data"]["bindVehicle"]["refusals"][0] for a in (chinese, english)]
    assert shown == printed


def _timeless(value: Any) -> Any:
    """Without the instants at which the register was asked."""
    if isinstance(value, dict):
        return {name: _timeless(v) for name, v in value.items() if name != "fetchedAt"}
    return [_timeless(v) for v in value] if isinstance(value, list) else value
