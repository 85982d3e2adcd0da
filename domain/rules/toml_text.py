"""A value in the notation of TOML, to be shown and to be copied into a file."""

import json
from datetime import date, time


def to_toml(value: object) -> str:
    """The value in one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, dict):
        return f"{{{', '.join(f'{name} = {to_toml(part)}' for name, part in value.items())}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(to_toml, value))}]"
    return value.isoformat() if isinstance(value, date | time) else str(value)
