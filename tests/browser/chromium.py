"""A real Chromium without a window, driven over WebDriver, that can reach this machine only."""

import asyncio
import base64
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import ClientConnectionError, ClientSession, ClientTimeout

from cli.ports import free_port

Json = Any
BROWSER = shutil.which("chromium") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")
PATIENCE_SECONDS = 30.0
POLL_SECONDS = 0.05
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
CONTROL, ESCAPE = "\ue009", "\ue00c"
# A stranger's name that means this machine; every other name means nothing.
REBOUND = "rebound.example"
ARGUMENTS = [
    "--headless=new",
    "--no-sandbox",
    "--no-first-run",
    "--no-proxy-server",
    "--disable-background-networking",
    "--disable-dev-shm-usage",
    f"--host-resolver-rules=MAP {REBOUND} 127.0.0.1 , MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
]
# Console messages do not tell every violation: reports of blocked data: URLs are events only.
NOTE_VIOLATIONS = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.violations.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sample}`));
"""


@dataclass(slots=True)
class Browser:
    """One window."""

    http: ClientSession
    session: str

    async def open(self, url: str) -> None:
        await self.send("POST", "url", {"url": url})

    async def run(self, script: str, *arguments: Json) -> Json:
        """The value of a function body, run in the page."""
        return await self.send("POST", "execute/sync", {"script": script, "args": arguments})

    async def wait(self, condition: str, *arguments: Json) -> None:
        """Until an expression is true in the page."""
        deadline = asyncio.get_running_loop().time() + PATIENCE_SECONDS
        while not await self.run(f"return Boolean({condition})", *arguments):
            assert asyncio.get_running_loop().time() < deadline, f"waited in vain: {condition}"
            await asyncio.sleep(POLL_SECONDS)

    async def click(self, selector: str) -> None:
        element = await self._find(selector)
        await self.send("POST", f"element/{element}/click", {})

    async def type(self, text: str) -> None:
        """Press keys, one after the other, wherever the cursor is."""
        keys = [{"type": kind, "value": key} for key in text for kind in ("keyDown", "keyUp")]
        await self._press(keys)

    async def press(self, *keys: str) -> None:
        """Press keys together, such as CONTROL and "a"."""
        down = [{"type": "keyDown", "value": key} for key in keys]
        up = [{"type": "keyUp", "value": key} for key in reversed(keys)]
        await self._press(down + up)

    async def devtools(self, command: str, **parameters: Json) -> Json:
        body = {"cmd": command, "params": parameters}
        return await self.send("POST", "goog/cdp/execute", body)

    async def complaints(self) -> list[str]:
        """Violations of the page's policy, and what the console showed since it was asked last."""
        entries = await self.send("POST", "se/log", {"type": "browser"})
        said = [f"{entry['level']}: {entry['message']}" for entry in entries]
        violations: list[str] = await self.run("return window.violations")
        return violations + said

    async def screenshot(self) -> bytes:
        """A PNG of what can be seen."""
        return base64.b64decode(await self.send("GET", "screenshot"))

    async def send(self, method: str, path: str, body: Json = None) -> Json:
        address = f"/session/{self.session}/{path}"
        async with self.http.request(method, address, json=body) as response:
            value = (await response.json())["value"]
            assert response.status == 200, value["message"]
            return value

    async def _find(self, selector: str) -> str:
        await self.wait("document.querySelector(arguments[0])", selector)
        found = await self.send("POST", "element", {"using": "css selector", "value": selector})
        element: str = found[ELEMENT]
        return element

    async def _press(self, actions: list[Json]) -> None:
        keyboard = {"type": "key", "id": "keyboard", "actions": actions}
        await self.send("POST", "actions", {"actions": [keyboard]})


@asynccontextmanager
async def open_browser(folder: Path) -> AsyncIterator[Browser]:
    """A browser with a new profile in `folder`, for as long as the block lasts."""
    assert BROWSER is not None
    assert DRIVER is not None
    port = free_port()
    driver = await asyncio.create_subprocess_exec(
        DRIVER,
        f"--port={port}",
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    timeout = ClientTimeout(total=2 * PATIENCE_SECONDS)
    try:
        async with ClientSession(f"http://127.0.0.1:{port}", timeout=timeout) as http:
            await _answering(http)
            browser = Browser(http, await _new_session(http, folder))
            await browser.devtools("Page.addScriptToEvaluateOnNewDocument", source=NOTE_VIOLATIONS)
            try:
                yield browser
            finally:
                await http.delete(f"/session/{browser.session}")
    finally:
        driver.terminate()
        await driver.wait()


async def _answering(http: ClientSession) -> None:
    deadline = asyncio.get_running_loop().time() + PATIENCE_SECONDS
    while asyncio.get_running_loop().time() < deadline:
        try:
            async with http.get("/status"):
                return
        except ClientConnectionError:
            await asyncio.sleep(POLL_SECONDS)
    raise AssertionError("chromedriver does not answer")


async def _new_session(http: ClientSession, folder: Path) -> str:
    options = {"binary": BROWSER, "args": [*ARGUMENTS, f"--user-data-dir={folder}"]}
    wanted = {"goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}
    async with http.post("/session", json={"capabilities": {"alwaysMatch": wanted}}) as response:
        value = (await response.json())["value"]
        assert response.status == 200, value["message"]
        session: str = value["sessionId"]
        return session
