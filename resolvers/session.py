"""The phones on which a citizen is signed in."""

from datetime import datetime

import strawberry

from resolvers.channel import Channel
from resolvers.ids import to_id
from services.sessions import HeldSession


@strawberry.type(description="One phone on which the person is signed in.")
class Session:
    id: strawberry.ID = strawberry.field(description="Id, for `endSession`.")
    channel: Channel = strawberry.field(description="The platform it was opened through.")
    device_name: str | None = strawberry.field(description="What the phone called itself.")
    created_at: datetime = strawberry.field(description="When it was opened.")
    last_used_at: datetime = strawberry.field(description="When it was last renewed.")
    expires_at: datetime = strawberry.field(description="When it ends by itself.")
    is_current: bool = strawberry.field(description="Whether this request belongs to it.")

    @classmethod
    def of(cls, held: HeldSession) -> "Session":
        """One of the citizen's sessions."""
        return cls(
            id=to_id("Session", held.id),
            channel=held.channel,
            device_name=held.device_name,
            created_at=held.created_at,
            last_used_at=held.last_used_at,
            expires_at=held.expires_at,
            is_current=held.is_current,
        )
