"""What clients may take of us: uvicorn itself has no such bounds."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one process. Times in seconds, sizes in bytes."""

    # A client on a bad mobile line needs a second or two; nobody honest needs ten.
    head_seconds: float = 10.0
    # A whole body of the largest size we read: 2 KB a second.
    body_seconds: float = 30.0
    # From the answer's last byte handed over until the client has taken it all.
    answer_seconds: float = 30.0
    # Of silence between two requests; whole ones, as uvicorn wants it.
    keep_alive_seconds: int = 5
    # For a client to read the last answer, before what it still sends would reset the connection.
    last_words_seconds: float = 5.0
    # For the requests that still run when the server no longer listens.
    finish_seconds: int = 15

    target_bytes: int = 16 * 1024
    head_bytes: int = 32 * 1024
    headers: int = 100

    # Open at once. Those above are told that we are busy; of these in turn only so many.
    connections: int = 1000
    crowd: int = 200

    # GraphQL requests at work: two for each connection of the database's pool keep both it and the
    # processor busy; more only make everybody wait.
    places: int = 16
    # Those that wait for a place: room for a burst, which adds less than half a second.
    queue: int = 64
    queue_seconds: float = 0.5
    # How long a request holds a place at most. Who takes longer is not at work, but waits for an
    # upstream: a slow register must not keep those away who need none. It is several times what a
    # request takes when all places are busy.
    place_seconds: float = 0.25
    # All GraphQL requests, with those that wait for an upstream; it bounds the memory.
    admitted: int = 512
