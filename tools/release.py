"""Do all files name the version that is to be released? ``python tools/release.py 0.1.0``."""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
#: Where the version stands, and how.
PLACES = {
    "fluxbridge/__init__.py": r'^__version__ = "(.+)"$',
    "julia/Project.toml": r'^version = "(.+)"$',
    "CITATION.cff": r"^version: (.+)$",
    "CHANGELOG.md": r"^## \[(\d.*?)\] - \d{4}-\d\d-\d\d$",
}


def differences(version: str, root: Path = ROOT) -> list[str]:
    """A line for each file that does not name the version; the changelog's newest entry counts."""
    found = []
    for name, pattern in PLACES.items():
        match = re.search(pattern, (root / name).read_text("utf-8"), re.M)
        says = match[1] if match else "no version"
        if says != version:
            found.append(f"{name} says {says}, not {version}")
    return found


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        print("write: python tools/release.py VERSION", file=sys.stderr)
        return 2
    found = differences(arguments[0])
    print("\n".join(found) or f"all files name {arguments[0]}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
