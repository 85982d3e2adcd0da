"""
Takes out of a package-lock.json whom its packages ask for money: that, too, is an address.

    .venv/bin/python -m benchmarks.peers.plain_lock package-lock.json
"""

import json
import sys
from pathlib import Path


def main(file: Path) -> None:
    """Write the file anew without them."""
    lock = json.loads(file.read_text(encoding="utf-8"))
    for package in lock["packages"].values():
        package.pop("funding", None)
    content = json.dumps(lock, indent=2, ensure_ascii=False)
    file.write_text(f"{content}\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
