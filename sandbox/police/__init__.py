"""The simulated police-records service."""

from sandbox.police.app import police_app
from sandbox.police.settings import DEFAULT_SERIAL, PoliceSandboxSettings

__all__ = ["DEFAULT_SERIAL", "PoliceSandboxSettings", "police_app"]
