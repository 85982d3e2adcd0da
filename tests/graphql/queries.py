"""The documents that several tests send, and the variables for a person's vehicles."""

from typing import Any

from cli import cities
from cli.cities import own_vehicles
from sandbox.city import Person, Vehicle
from tests.stack import Api

__all__ = ["BIND", "LICENCE", "LISTS", "bind_all", "binding", "lists", "own_vehicles"]

BIND = """
mutation ($input: BindVehicleInput!) {
  bindVehicle(input: $input) {
    __typename
    ... on BindVehicleSuccess { vehicle { id plate { number plateType } relation } }
    ... on Refused { refusals { code message nextStep } }
  }
}
"""

LISTS = """
{
  viewer {
    vehicles {
      totalCount
      nodes {
        id
        plate { number }
        freshness { state fetchedAt }
        violations(first: 50) {
          totalCount
          totals { fine { fen } owedFine { fen } points unknownAmounts }
          nodes { id status fine { fen } points occurredAt }
          freshness { state fetchedAt }
        }
      }
    }
  }
}
"""

LICENCE = "{ viewer { licence { number points valid freshness { state fetchedAt } } } }"


def binding(vehicle: Vehicle, **changed: str) -> dict[str, Any]:
    """The input that binds a vehicle of the city."""
    return cities.binding(vehicle) | changed


async def bind_all(api: Api, person: Person) -> list[str]:
    """Bind every vehicle of a person; their ids."""
    ids = []
    for vehicle in own_vehicles(person):
        answer = await api.ask(BIND, person, input=binding(vehicle))
        ids.append(answer["data"]["bindVehicle"]["vehicle"]["id"])
    return ids


async def lists(api: Api, person: Person) -> list[dict[str, Any]]:
    """The person's vehicles with their violations; no error is tolerated."""
    answer = await api.ask(LISTS, person)
    assert "errors" not in answer, answer
    nodes: list[dict[str, Any]] = answer["data"]["viewer"]["vehicles"]["nodes"]
    return nodes
