"""Answers of the WeChat server: HTTP 200 whatever happens, JSON that is declared to be text."""

import json
import secrets
from collections.abc import Mapping

from sandbox.platforms.scenario import Reply

Answer = Mapping[str, object]


class Refused(Exception):
    """An errcode other than 0."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message

    def answer(self) -> Answer:
        return {"errcode": self.code, "errmsg": f"{self.message}, rid: {_request_id()}"}


def reply(answer: Answer) -> Reply:
    """As the real server does it, slashes are escaped."""
    text = json.dumps(answer, ensure_ascii=False, separators=(",", ":")).replace("/", "\\/")
    return Reply(text.encode(), "text/plain")


def outcome(answer: Answer) -> str:
    """What the truth log says: success has no errcode."""
    return str(answer.get("errcode", 0))


def _request_id() -> str:
    return "-".join(secrets.token_hex(4) for _ in range(3))
