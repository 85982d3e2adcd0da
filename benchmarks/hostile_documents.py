"""
CPU milliseconds that hostile requests cost, each as large as a body may be.

    .venv/bin/python -m benchmarks.hostile_documents

Every shape goes through the real endpoint in this process: body, document, validation, execution,
answer. The best of three runs counts, each with an empty cache. Ends with 1 if one is too slow.
"""

import asyncio
import json
import sys
import time
from dataclasses import fields
from typing import Any, cast

from benchmarks.hostile_shapes import shapes
from benchmarks.hostile_values import Body
from domain.codes import load_codes
from domain.failures import StepUpRequired
from domain.principals import Citizen, Principal, VerificationLevel
from domain.times import utc_now
from graphql_api.endpoint import GraphQLEndpoint
from graphql_api.tokens import TokenVerifier
from resolvers.context import Services

LIMIT_MS = 50.0
RUNS = 3
HEADERS = [
    (b"content-type", b"application/json"),
    (b"accept", b"application/graphql-response+json"),
]
SHOWN = 15


class SomeCitizen:
    """Stands in for the verifier of tokens: the caller is always the same citizen."""

    async def principal(self, _: object) -> Principal:
        """The citizen, who has not been verified: nothing of theirs is looked up."""
        return Citizen("urn:benchmark", "1", verification=VerificationLevel.NONE)


class Unverified:
    """Stands in for the services with a database: each says what it says to this citizen."""

    def __getattr__(self, name: str) -> Any:
        async def refuse(*_: object) -> None:
            raise StepUpRequired("verify_identity")

        return refuse


def new_endpoint() -> GraphQLEndpoint:
    """An endpoint with empty caches that tells everything about the schema: the costlier way."""
    others = dict.fromkeys((one.name for one in fields(Services)), Unverified())
    services = cast(Any, Services)(**others | {"codes": load_codes("50"), "clock": utc_now})
    return GraphQLEndpoint(
        services, cast(TokenVerifier, SomeCitizen()), "http://localhost", 10.0, open_schema=True
    )


async def answer(
    endpoint: GraphQLEndpoint, scope: dict[str, Any], body: bytes
) -> tuple[int, dict[bytes, bytes], bytes]:
    """Status, headers and content of the answer to one request."""
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body}

    async def send(message: Any) -> None:
        sent.append(message)

    await endpoint(scope, receive, send)
    return sent[0]["status"], dict(sent[0]["headers"]), sent[1]["body"]


def cost(body: bytes) -> tuple[float, int, int]:
    """CPU milliseconds of the best run, the status, and the size of the answer."""
    best, status, content = float("inf"), 0, b""
    for _ in range(RUNS):
        endpoint = new_endpoint()
        started = time.process_time()
        scope = {"type": "http", "method": "POST", "headers": HEADERS}
        status, _, content = asyncio.run(answer(endpoint, scope, body))
        best = min(best, (time.process_time() - started) * 1000)
    return best, status, len(content)


def body_of(request: Body) -> bytes:
    """The request as JSON, in as few bytes as it needs."""
    return json.dumps(request, ensure_ascii=False, separators=(",", ":")).encode()


def main() -> int:
    """Print the worst, and say whether all were cheap enough."""
    results = [(*cost(body_of(body)), name) for name, body in shapes()]
    results.sort(reverse=True)
    print(f"{len(results)} shapes; the {SHOWN} that cost most (CPU ms, status, bytes):")  # noqa: T201
    for milliseconds, status, size, name in results[:SHOWN]:
        print(f"{milliseconds:8.1f}  {status}  {size:7}  {name}")  # noqa: T201
    return 1 if results[0][0] > LIMIT_MS else 0


if __name__ == "__main__":
    sys.exit(main())
