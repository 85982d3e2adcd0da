"""Who can pay: everybody in the city has an account."""

from dataclasses import dataclass
from hashlib import sha256

from sandbox.alipay.logins import open_id
from sandbox.city import City


@dataclass(frozen=True, slots=True)
class Buyers:
    """`seen` are the accounts that need not be looked for: who pays has mostly signed in."""

    app_id: str
    city: City
    seen: set[str]

    def know(self, account: str) -> bool:
        """Whether somebody has this open_id or user_id."""
        if account not in self.seen and self._is_somebodys(account):
            self.seen.add(account)
        return account in self.seen

    def _is_somebodys(self, account: str) -> bool:
        magic = (self.city.magic_citizen.index, self.city.magic_buyer.index)
        everybody = (open_id(self.app_id, number) for number in (*magic, *range(len(self.city))))
        return any(account in (one, user_id(one)) for one in everybody)


def user_id(of: str) -> str:
    """The user_id of an open_id: what apps of old know the same account by."""
    digits = int(sha256(of.encode()).hexdigest(), 16) % 10**12
    return f"2088{digits:012d}"
