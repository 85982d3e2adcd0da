"""Everybody in the city has one account at each platform."""

import hmac
from base64 import urlsafe_b64encode

from sandbox.city import City, Person

# Not a secret: it only keeps the accounts of this sandbox the same from one run to the next.
_KEY = b"accounts of the clearway sandbox"


def holder(city: City, number: int) -> Person:
    """
    The citizen of a number; -1 and -2 are the two people of the magic plates.

    :raises LookupError: when the city has no such citizen
    """
    if number == city.magic_citizen.index:
        return city.magic_citizen
    if number == city.magic_buyer.index:
        return city.magic_buyer
    return city.citizen(number)


def account_id(*parts: str | int) -> str:
    """43 characters that are always the same for the same platform, app and citizen."""
    named = "\n".join(str(part) for part in parts).encode()
    return urlsafe_b64encode(hmac.digest(_KEY, named, "sha256")).decode().rstrip("=")
