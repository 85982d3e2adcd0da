"""Relay: every object with an id, and looking one up again."""

from binascii import b2a_base64
from operator import attrgetter
from typing import Any

import strawberry

from graphql_api.execution import computed

DESCRIPTION = "Opaque and stable. Of use only to the person it was given to."


@strawberry.interface(description="Anything with an id that can be asked for again (Relay).")
class Node:
    __slots__ = ()

    id: strawberry.ID = strawberry.field(description=DESCRIPTION)


def id_of(type_name: str, path: str) -> Any:
    """The field `id` of a type, made of the key that is found at a path from its objects."""
    key, begin = attrgetter(path), f"{type_name}:"

    def resolve(self):  # type: ignore[no-untyped-def]
        # `to_id`, but for its frames: there is an id for each object of a list.
        return b2a_base64(f"{begin}{key(self)}".encode(), newline=False).decode()

    return computed(description=DESCRIPTION)(resolve)
