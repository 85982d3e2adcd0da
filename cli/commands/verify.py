"""`clearway verify`."""

import asyncio
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import aiohttp
import typer

from cli.console import OUT, show_problem
from cli.dev_settings import PROFILE
from cli.options import DEFAULT_DATA_DIR, DataDir
from cli.problems import Problem, explained
from domain.receipts import Receipt, ReceiptStatus
from domain.times import CHINA
from graphql_api.tokens.key_fetch import check_jwks_url, fetch_key_set
from graphql_api.tokens.key_ring import KeyRing
from graphql_api.tokens.key_set import KeySet, parse_key_set
from graphql_api.tokens.receipts import ALGORITHM, MAX_BYTES, genuine_claims
from runtime.receipt_keys import receipt_keys_dir
from runtime.settings import Profile, load_settings

EXAMPLE = "clearway verify eyJhbGciOi... --keys receipt-keys.json"
NOT_GENUINE, CANNOT_TELL = 1, 2
LARGEST_KEY_FILE = 64 * 1024
PATIENCE_SECONDS = 10.0
ASK = "query ($token: String!) { verifyReceipt(token: $token) { status } }"
OFFLINE = "not asked: only --url tells of refunds and annulled decisions"


def command(
    token: Annotated[str, typer.Argument(help="What the QR code holds; - reads it from stdin.")],
    keys: Annotated[
        Path | None,
        typer.Option(help="File receipt-keys.json, or folder of keys; else the data folder's."),
    ] = None,
    url: Annotated[
        str | None,
        typer.Option(metavar="BASE", help="Fetch the keys there, and ask for the status, too."),
    ] = None,
    data_dir: DataDir = DEFAULT_DATA_DIR,
) -> None:
    """Verify a receipt, without any network unless --url: exit 0 genuine, 1 not, 2 cannot tell."""
    with _cannot_tell_if_it_fails():
        if keys is not None and url is not None:
            raise Problem("Whose keys? Give either --keys or --url.")
        shown = _text(token)
        known = asyncio.run(_fetch_keys(url)) if url else _held_keys(keys, data_dir)
        claims = genuine_claims(shown, known)
        receipt = _receipt(claims)
        status = asyncio.run(_ask(url, shown)) if url and receipt else None
    if claims is None or receipt is None or status is ReceiptStatus.NOT_GENUINE:
        OUT.print("NOT GENUINE: none of these keys signed this text.")
        sys.exit(NOT_GENUINE)
    _show(receipt, claims["iss"], status)
    if status is ReceiptStatus.UNKNOWN:
        show_problem(Problem("The signature is good, but no such payment is known there."))
        sys.exit(CANNOT_TELL)


@contextmanager
def _cannot_tell_if_it_fails() -> Iterator[None]:
    """Trouble of our own must never look like a verdict."""
    try:
        with explained():
            yield
    except (Problem, ValueError) as error:
        problem = error if isinstance(error, Problem) else Problem(f"{error}.")
        show_problem(problem)
        sys.exit(CANNOT_TELL)


def _text(token: str) -> str:
    """Without the line feed that a scanner adds."""
    if token != "-":  # noqa: S105
        return token.strip()
    # One more than any token has: a longer text is none.
    return sys.stdin.buffer.read(2 * MAX_BYTES).decode("ascii", errors="replace").strip()


def _held_keys(keys: Path | None, data_dir: Path) -> KeySet:
    """:raises ValueError: if there are none that can be used"""
    if keys is not None and not keys.is_dir():
        with keys.open("rb") as opened:
            return parse_key_set(opened.read(LARGEST_KEY_FILE))
    if keys is None:
        profile = os.environ.get(PROFILE, Profile.DEV)
        settings = load_settings(os.environ, profile=profile, data_dir=data_dir.absolute())
        keys = receipt_keys_dir(settings)
    return KeyRing(keys, ALGORITHM).verifying()


def _receipt(claims: Mapping[str, Any] | None) -> Receipt | None:
    try:
        return Receipt.of_claims(claims) if claims is not None else None
    except ValueError:
        return None


async def _fetch_keys(base: str) -> KeySet:
    """:raises Problem: if they cannot be had from there"""
    address = f"{base.rstrip('/')}/.well-known/receipt-keys.json"
    try:
        check_jwks_url(address, allow_http_loopback=True)
    except ValueError:
        raise Problem("--url must begin with https://; http:// is for this machine only.") from None
    async with aiohttp.ClientSession(trust_env=False) as http:
        try:
            return await fetch_key_set(http, address, seconds=PATIENCE_SECONDS)
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise Problem(f"{address} gives no keys ({error or type(error).__name__}).") from error


async def _ask(base: str, token: str) -> ReceiptStatus:
    """:raises Problem: if no status can be had from there"""
    body = {"query": ASK, "variables": {"token": token}}
    limit = aiohttp.ClientTimeout(total=PATIENCE_SECONDS)
    async with aiohttp.ClientSession(trust_env=False, timeout=limit) as http:
        try:
            address = f"{base.rstrip('/')}/graphql"
            async with http.post(address, json=body, allow_redirects=False) as response:
                answer = await response.json()
            return ReceiptStatus[answer["data"]["verifyReceipt"]["status"]]
        except (aiohttp.ClientError, TimeoutError, ValueError, KeyError, TypeError) as error:
            raise Problem(
                f"The signature is good, but {base} does not tell the status"
                f" ({type(error).__name__}): try again, or leave --url out."
            ) from error


def _show(receipt: Receipt, issuer: str, status: ReceiptStatus | None) -> None:
    paid_at = receipt.paid_at.astimezone(CHINA)
    OUT.print(f"GENUINE, issued by {issuer}")
    OUT.print(f"number    {receipt.number}")
    OUT.print(f"paid at   {paid_at:%Y-%m-%d %H:%M:%S} (China)")
    OUT.print(f"channel   {receipt.channel}")
    OUT.print(f"amount    {receipt.amount.yuan} yuan")
    for line in receipt.lines:
        parts = f"{line.principal.yuan} yuan, surcharge {line.surcharge.yuan} yuan"
        OUT.print(f"decision  {line.number}: {parts}")
    OUT.print(f"status    {OFFLINE if status is None else status.name}")
