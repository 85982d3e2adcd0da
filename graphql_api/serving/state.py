"""What the server and its connections share."""

from uvicorn.server import ServerState

from graphql_api.serving.lane import Lane
from graphql_api.serving.limits import Limits


class State(ServerState):
    """uvicorn's, and what we are about to do."""

    def __init__(self, limits: Limits, lane: Lane | None) -> None:
        super().__init__()
        self.limits = limits
        # Without one all requests are answered through ASGI.
        self.lane = lane
        self.draining = False
        # For an idle client whose next request may be on its way when we stop.
        self.farewell_seconds = 0.0
