"""How tokens of receipts are made and opened. Needs neither database nor pages."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class ReceiptTokens:
    """
    How tokens are made and opened.

    :ivar issuer: who is said to have issued them
    :ivar genuine_claims: what a genuine token says; None for every other text
    """

    issuer: str
    sign: Callable[[Mapping[str, Any]], str]
    genuine_claims: Callable[[str], Mapping[str, Any] | None]


def _nobody_signs(claims: Mapping[str, Any]) -> str:
    """:raises RuntimeError: always: where nobody pays, there is nothing to prove"""
    raise RuntimeError("this deployment has no key for receipts")


NO_TOKENS = ReceiptTokens("", _nobody_signs, lambda _: None)
