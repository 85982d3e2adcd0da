"""A city of invented people, vehicles and violations: the content of the simulated registers."""

from sandbox.city.entities import CameraRecord, Decision, Licence, OffenceCode, Person, Vehicle
from sandbox.city.magic_plates import MAGIC_PLATES
from sandbox.city.register import City, generate_city
from sandbox.city.seeds import DEFAULT_TODAY

__all__ = [
    "DEFAULT_TODAY",
    "MAGIC_PLATES",
    "CameraRecord",
    "City",
    "Decision",
    "Licence",
    "OffenceCode",
    "Person",
    "Vehicle",
    "generate_city",
]
