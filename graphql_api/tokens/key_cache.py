import asyncio
import logging
import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from graphql_api.tokens.errors import KeysUnavailable
from graphql_api.tokens.jose_backend import VerificationKey
from graphql_api.tokens.key_set import KeySet

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class KeyPolicy:
    """How long fetched keys are trusted and how often we ask, all in seconds."""

    soft_ttl: float = 600.0
    hard_ttl: float = 86_400.0
    unknown_kid_gap: float = 30.0
    failure_gap: float = 5.0
    fetch_timeout: float = 3.0


@dataclass(frozen=True, slots=True)
class LocalKeys:
    """The keys of an issuer that we know without asking: our own, as they are at the moment."""

    current: Callable[[], KeySet]

    def held(self, kid: str) -> VerificationKey | None:
        return self.current().get(kid)

    async def find(self, kid: str) -> VerificationKey | None:
        return self.held(kid)


class RemoteKeys:
    """
    The last good key set of an issuer.

    A failed refresh never empties it; a key that a good answer leaves out is gone at once.
    """

    def __init__(
        self,
        issuer: str,
        fetch: Callable[[], Awaitable[KeySet]],
        *,
        monotonic: Callable[[], float],
        policy: KeyPolicy,
    ) -> None:
        self._issuer = issuer
        self._fetch = fetch
        self._monotonic = monotonic
        self._policy = policy
        self._keys: KeySet = {}
        self._loaded_at = -math.inf
        self._failed_at = -math.inf
        self._asked_for_unknown_at = -math.inf
        self._flight: asyncio.Task[None] | None = None
        self._keeper: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Fetch now and keep fetching, so that no request has to wait for it."""
        self._keeper = asyncio.create_task(self._keep_fresh())

    async def close(self) -> None:
        tasks = [task for task in (self._keeper, self._flight) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def held(self, kid: str) -> VerificationKey | None:
        """Look the key up without waiting. Notices that the set is old, and sends for a new one."""
        if self._age() > self._policy.hard_ttl:
            return None
        if self._age() > self._policy.soft_ttl and not self._is_resting():
            self._launch()
        return self._keys.get(kid)

    async def find(self, kid: str) -> VerificationKey | None:
        """
        Look the key up, asking the issuer again where that may help.

        :raises KeysUnavailable: if there is no key set to look in
        """
        if self._age() > self._policy.hard_ttl:
            # This fetch is as good an answer about unknown keys as the next one would be.
            self._asked_for_unknown_at = self._monotonic()
            await self._load()
            return self.held(kid)
        if self._flight is not None and self._keys.get(kid) is None:
            await asyncio.shield(self._flight)
        return self.held(kid) or await self._find_unknown(kid)

    async def _find_unknown(self, kid: str) -> VerificationKey | None:
        # The time since we last asked is the negative cache: every key that was not in that answer
        # is known to be absent for so long, and no flood of invented names can fill any memory.
        now = self._monotonic()
        if now - self._asked_for_unknown_at < self._policy.unknown_kid_gap or self._is_resting():
            return None
        self._asked_for_unknown_at = now
        await asyncio.shield(self._launch())
        return self.held(kid)

    async def _load(self) -> None:
        if self._flight is not None or not self._is_resting():
            await asyncio.shield(self._launch())
        if self._age() > self._policy.hard_ttl:
            wait = math.ceil(self._policy.failure_gap)
            raise KeysUnavailable(self._issuer, retry_after_seconds=wait)

    def _launch(self) -> asyncio.Task[None]:
        """Begin a refresh or join the one under way; shielded, so that callers may give up."""
        if self._flight is None:
            self._flight = asyncio.create_task(self._refresh())
        return self._flight

    async def _refresh(self) -> None:
        try:
            self._keys = await self._fetch()
            self._loaded_at = self._monotonic()
            self._failed_at = -math.inf
        except Exception as error:
            self._failed_at = self._monotonic()
            log.warning("Keys of %s not refreshed: %s", self._issuer, type(error).__name__)
        finally:
            self._flight = None

    async def _keep_fresh(self) -> None:
        while True:
            await asyncio.shield(self._launch())
            failed = self._is_resting()
            await asyncio.sleep(self._policy.unknown_kid_gap if failed else self._policy.soft_ttl)

    def _age(self) -> float:
        return self._monotonic() - self._loaded_at

    def _is_resting(self) -> bool:
        return self._monotonic() - self._failed_at < self._policy.failure_gap


IssuerKeys = LocalKeys | RemoteKeys
