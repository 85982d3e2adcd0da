"""Where the keys of receipts are."""

from pathlib import Path

from runtime.settings import Settings


def receipt_keys_dir(settings: Settings) -> Path:
    """The same for all processes. No key is ever removed: a receipt has to verify for years."""
    return settings.receipt_keys_dir or settings.data_dir / "keys" / "receipts"
