"""`clearway verify`, run as somebody who is shown a receipt."""

import asyncio
import json
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from domain.refunds import RefundStatus
from graphql_api.tokens.receipts import ReceiptIssuer
from runtime.receipt_keys import receipt_keys_dir
from tests.cli.processes import COMMAND, PATIENCE_SECONDS, clearway, environment
from tests.receipts.kit import ISSUER, claims, receipt
from tests.receipts.rows import Rows
from tests.stack import Api

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
SAID = """GENUINE, issued by urn:clearway
number    CW20261122A7K3M9PQ4T2X
paid at   2026-11-22 12:30:05 (China)
channel   alipay
amount    406.00 yuan
decision  500100110000000: 200.00 yuan, surcharge 0.00 yuan
decision  5001011100000018: 200.00 yuan, surcharge 6.00 yuan
"""
OFFLINE = SAID + "status    not asked: only --url tells of refunds and annulled decisions\n"
FALSE = "NOT GENUINE: none of these keys signed this text.\n"


@pytest.fixture
def issuer(tmp_path: Path) -> ReceiptIssuer:
    return ReceiptIssuer.load(tmp_path / "keys" / "receipts", create=True)


@pytest.fixture
def token(issuer: ReceiptIssuer) -> str:
    return issuer.sign(receipt(2).claims(ISSUER))


@pytest.fixture
def key_file(tmp_path: Path, issuer: ReceiptIssuer) -> Path:
    """The public keys, as they are published."""
    file = tmp_path / "receipt-keys.json"
    file.write_text(json.dumps(issuer.jwks()))
    return file


def verify(*arguments: str) -> tuple[int, str, str]:
    done = clearway("verify", *arguments)
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout, done.stderr


def test_offline_with_the_public_keys_alone(token: str, key_file: Path, tmp_path: Path) -> None:
    arguments = (f"--keys={key_file}", f"--data-dir={tmp_path / 'nothing'}")

    assert verify(token, *arguments) == (0, OFFLINE, "")
    signature = token.rindex(".") + 1
    other = "A" if token[signature] != "A" else "B"
    assert verify(token[:signature] + other + token[signature + 1 :], *arguments)[0] == 1
    assert not (tmp_path / "nothing").exists()


def test_offline_with_the_keys_of_a_folder(token: str, tmp_path: Path) -> None:
    assert verify(token, f"--data-dir={tmp_path}") == (0, OFFLINE, "")
    assert verify(token, f"--keys={tmp_path / 'keys' / 'receipts'}") == (0, OFFLINE, "")


def test_from_stdin_with_the_line_feed_of_a_scanner(token: str, key_file: Path) -> None:
    def piped(text: bytes) -> tuple[int, bytes]:
        done = subprocess.run(
            [*COMMAND, "verify", "-", f"--keys={key_file}"],
            input=text,
            env=environment(),
            capture_output=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )
        assert done.stderr == b""
        return done.returncode, done.stdout

    assert piped(token.encode() + b"\r\n") == (0, OFFLINE.encode())
    for other in (b"", b"\xff\xfe", b"\0", "凭证".encode(), token.encode() * 2, b"A" * 1_000_000):
        assert piped(other) == (1, FALSE.encode()), other[:20]


def test_what_is_signed_but_no_receipt(issuer: ReceiptIssuer, key_file: Path) -> None:
    for said in (claims(amt=1), claims(dec=[]), {}):
        assert verify(issuer.sign(said), f"--keys={key_file}") == (1, FALSE, "")


def test_the_keys_of_somebody_else(token: str, tmp_path: Path) -> None:
    ReceiptIssuer.load(tmp_path / "other", create=True)

    assert verify(token, f"--keys={tmp_path / 'other'}") == (1, FALSE, "")


def test_without_keys_nobody_can_tell(token: str, tmp_path: Path) -> None:
    empty, nothing = tmp_path / "empty.json", tmp_path / "nothing"
    empty.write_text('{"keys": []}')
    broken = tmp_path / "broken.json"
    broken.write_text("<html>")

    for arguments in (
        [f"--keys={nothing}"],
        [f"--keys={empty}"],
        [f"--keys={broken}"],
        [f"--data-dir={nothing}"],
        [f"--keys={empty}", "--url=https://clearway.example.cn"],
        ["--url=http://clearway.example.cn"],
        ["--url=ftp://127.0.0.1"],
        ["--url=http://127.0.0.1:1"],
    ):
        code, out, said = verify(token, *arguments)
        assert (code, out) == (2, ""), arguments
        assert said.startswith("Error: "), arguments
        assert said.count("\n") == 1, said


@pytest.fixture
async def online(api: Api) -> AsyncIterator[str]:
    """The API behind a real port."""

    async def forward(request: web.Request) -> web.Response:
        answer = await api.http.request(
            request.method,
            request.path,
            content=await request.read(),
            headers={"content-type": request.content_type},
        )
        media_type = answer.headers["content-type"].partition(";")[0]
        return web.Response(body=answer.content, status=answer.status_code, content_type=media_type)

    async with _serving(forward) as base:
        yield base


async def test_online_the_status_is_asked(api: Api, online: str) -> None:
    rows = Rows(api.running.db)
    shown = api.running.services.receipts.token(receipt(2))

    code, out, said = await _verify(shown, online)
    assert (code, out) == (2, SAID + "status    UNKNOWN\n")
    assert said == "Error: The signature is good, but no such payment is known there.\n"

    payment_id = await rows.pay(receipt(2))
    assert await _verify(shown, online + "/") == (0, SAID + "status    VALID\n", "")
    await rows.give_back(payment_id, RefundStatus.SUCCEEDED, (0, 20000, 0), (1, 20000, 600))
    assert await _verify(shown, online) == (0, SAID + "status    REFUNDED\n", "")
    assert await _verify(shown[:-9], online) == (1, FALSE, "")


async def test_a_stranger_s_receipt_is_not_asked_about(api: Api, online: str, token: str) -> None:
    api.statements.clear()

    assert await _verify(token, online) == (1, FALSE, "")
    assert api.statements == []


@pytest.mark.parametrize(
    "answer",
    [
        web.Response(status=503, text="busy"),
        web.json_response({"errors": [{"message": "busy"}]}),
        web.json_response({"data": {"verifyReceipt": None}}),
        web.json_response({"data": {"verifyReceipt": {"status": "SPLENDID"}}}),
        web.json_response([]),
        web.Response(text="{", content_type="application/json"),
        web.Response(status=307, headers={"location": "https://evil.example/graphql"}),
    ],
    ids=["503", "errors", "null", "unknown status", "list", "no JSON", "redirect"],
)
async def test_without_a_status_nobody_can_tell(
    api: Api, issuer: ReceiptIssuer, token: str, answer: web.Response
) -> None:
    async def handler(request: web.Request) -> web.Response:
        return web.json_response(issuer.jwks()) if request.method == "GET" else answer

    async with _serving(handler) as base:
        code, out, said = await _verify(token, base)

    assert (code, out) == (2, "")
    assert said.startswith(f"Error: The signature is good, but {base} does not tell the status")


async def test_a_server_that_calls_it_false_is_believed(issuer: ReceiptIssuer, token: str) -> None:
    async def handler(request: web.Request) -> web.Response:
        verdict = {"data": {"verifyReceipt": {"status": "NOT_GENUINE"}}}
        return web.json_response(issuer.jwks() if request.method == "GET" else verdict)

    async with _serving(handler) as base:
        assert await _verify(token, base) == (1, FALSE, "")


def test_the_keys_are_those_of_the_settings(api: Api, tmp_path: Path) -> None:
    shown = api.running.services.receipts.token(receipt(2))
    env = {"CLEARWAY_RECEIPT_KEYS_DIR": str(receipt_keys_dir(api.settings))}

    done = clearway("verify", shown, f"--data-dir={tmp_path}", env=env)

    assert (done.returncode, done.stdout) == (0, OFFLINE)


@asynccontextmanager
async def _serving(handler: Handler) -> AsyncIterator[str]:
    """A server on a port of its own, for as long as the block lasts."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handler)
    server = TestServer(app)
    await server.start_server()
    try:
        yield str(server.make_url("")).rstrip("/")
    finally:
        await server.close()


async def _verify(token: str, base: str) -> tuple[int, str, str]:
    return await asyncio.to_thread(verify, token, f"--url={base}")
