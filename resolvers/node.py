"""Relay: every object with an id, and looking one up again."""

import strawberry


@strawberry.interface(description="Anything with an id that can be asked for again (Relay).")
class Node:
    id: strawberry.ID = strawberry.field(
        description="Opaque and stable. Of use only to the person it was given to."
    )
