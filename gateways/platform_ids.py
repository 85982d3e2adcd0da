"""What platforms use for codes and ids: short opaque words."""

import re
from typing import TypeGuard

from domain.platforms import AuthCodeProblem, AuthCodeRefused, Channel, PlatformAccount

OPAQUE = re.compile(r"[!-~]{1,128}")


def is_opaque(value: object) -> TypeGuard[str]:
    """Whether this is 1 to 128 printable ASCII characters without spaces."""
    return isinstance(value, str) and OPAQUE.fullmatch(value) is not None


def check_auth_code(auth_code: str) -> None:
    """
    Spare the platform what cannot be a code.

    :raises AuthCodeRefused: INVALID
    """
    if not is_opaque(auth_code):
        raise AuthCodeRefused(AuthCodeProblem.INVALID)


def account(
    channel: Channel, app_id: str, open_id: object, union_id: object
) -> PlatformAccount | None:
    """The account of these ids; None if they are not like ids. Not everybody has a union id."""
    union_id = union_id or None
    if not is_opaque(open_id) or not (union_id is None or is_opaque(union_id)):
        return None
    return PlatformAccount(channel, app_id, open_id, union_id)
