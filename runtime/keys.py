"""The keys a trial installation makes for itself; a production system is given its own."""

import os
import secrets
import tempfile
from pathlib import Path

from runtime.settings import DATA_KEY_BYTES, Settings, SettingsProblem, decode_data_key


def signing_keys_dir(settings: Settings) -> Path:
    """Where our own issuer keeps its keys, the same for all processes."""
    return settings.signing_keys_dir or settings.data_dir / "keys" / "signing"


def data_key(settings: Settings) -> bytes:
    """
    The secret from which sealing and digest keys are derived.

    :raises SettingsProblem: if there is none and this is not the dev profile
    """
    if settings.data_key is not None:
        return decode_data_key(settings.data_key)
    if not settings.is_dev:
        raise SettingsProblem("CLEARWAY_DATA_KEY is missing: give base64 of 32 random bytes.")
    return _load_or_create(settings.data_dir / "keys" / "data.key")


def _load_or_create(path: Path) -> bytes:
    """Read the key, or make it once however many processes start together."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as draft:
            draft.write(secrets.token_bytes(DATA_KEY_BYTES))
        try:
            # link, unlike rename, never replaces a key that another process made first.
            os.link(draft.name, path)
        except FileExistsError:
            pass
        finally:
            Path(draft.name).unlink()
    key = path.read_bytes()
    if len(key) != DATA_KEY_BYTES:
        raise SettingsProblem(f"{path} is damaged: without the right key its data cannot be read.")
    return key
