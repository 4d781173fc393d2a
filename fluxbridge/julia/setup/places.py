"""Paths: the julia program, the project and its packages, the depots, FluxBridge itself.

Nothing is changed: files are read, and ``julia --version`` is the one program that runs.
"""

from __future__ import annotations

import functools
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

#: Seconds that ``julia --version`` may take.
PATIENCE = 5.0


def julia_version(program: str | os.PathLike[str] | None) -> str | None:
    """The version of a julia program, "1.10.8", or None if it is not one.

    >>> julia_version("no such program")
    """
    path = shutil.which(program) if program else None
    return None if path is None else _version(path, os.stat(path).st_mtime_ns)


@functools.lru_cache(maxsize=16)
def _version(path: str, _changed: int) -> str | None:
    try:
        run = subprocess.run(
            [path, "--version"], capture_output=True, timeout=PATIENCE, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.SubprocessError):
        return None
    match = re.match(rb"julia version (\S+)", run.stdout)
    return match.group(1).decode() if match and run.returncode == 0 else None


def manifest_versions(project: str | os.PathLike[str], julia: str | None = None) -> dict[str, str]:
    """The packages that a project's manifest names, and their versions ("" where it has none)."""
    file = manifest(project, julia)
    if file is None:
        return {}
    versions: dict[str, str] = {}
    name = ""
    with open(file, encoding="utf8", errors="replace") as lines:
        for line in lines:
            header = re.match(r"\[\[(?:deps\.)?\"?(\w+)\"?\]\]", line)
            if header:
                name = header.group(1)
                versions.setdefault(name, "")
            elif line.lstrip().startswith("["):
                name = ""
            elif name and (version := re.match(r'version\s*=\s*"([^"]*)"', line)):
                versions[name] = version.group(1)
    return versions


def manifest(project: str | os.PathLike[str], julia: str | None = None) -> Path | None:
    """The manifest that Julia reads for a project: the one of its own version first."""
    folder = Path(project)
    folder = folder.parent if folder.is_file() else folder  # a Project.toml will do
    minor = ".".join((julia or "").split(".")[:2])
    own = [f"JuliaManifest-v{minor}.toml", f"Manifest-v{minor}.toml"] if minor else []
    for name in (*own, "JuliaManifest.toml", "Manifest.toml"):
        if (folder / name).is_file():
            return folder / name
    return None


def manifest_julia(project: str | os.PathLike[str], julia: str | None = None) -> str | None:
    """The version of Julia that made a project's manifest."""
    file = manifest(project, julia)
    match = file and re.search(r'^julia_version\s*=\s*"([^"]*)"', file.read_text("utf8"), re.MULTILINE)
    return match.group(1) if match else None


def packages(project: str | os.PathLike[str], julia: str | None = None) -> dict[str, str]:
    """What Julia can load with this project: its packages, then those of the user's general environment."""
    minor = ".".join((julia or "").split(".")[:2])
    versions: dict[str, str] = {}
    if minor and "JULIA_LOAD_PATH" not in os.environ:
        for depot in reversed(depots()):
            versions.update(manifest_versions(depot / "environments" / f"v{minor}", julia))
    return {**versions, **manifest_versions(project, julia)}


def depots() -> list[Path]:
    """The depots: the first is written, the others are read."""
    entries = os.environ.get("JULIA_DEPOT_PATH", "").split(os.pathsep)
    named = [Path(entry).expanduser() for entry in entries if entry]
    return named or [Path.home() / ".julia"]


def writable(path: str | os.PathLike[str]) -> bool:
    """Can something be written here (or here be made)?"""
    place = Path(path)
    while not place.exists() and place != place.parent:
        place = place.parent
    return os.access(place, os.W_OK)


def fluxbridge_folder() -> Path | None:
    """The Julia package FluxBridge: inside an installed fluxbridge, or next to it in a checkout."""
    here = Path(__file__).resolve().parent.parent  # fluxbridge/julia
    for folder in (here / "FluxBridge", here.parent.parent / "julia"):
        if (folder / "Project.toml").is_file():
            return folder
    return None


def project_version(folder: Path | None) -> str | None:
    """The version that a Julia package gives itself."""
    if folder is None:
        return None
    match = re.search(r'^version\s*=\s*"([^"]*)"', (folder / "Project.toml").read_text("utf8"), re.MULTILINE)
    return match.group(1) if match else None


def requirements() -> dict[str, str]:
    """What fluxbridge asks of a Julia project, and the versions that will do."""
    file = Path(__file__).resolve().parents[2] / "juliapkg.json"
    wanted = json.loads(file.read_text("utf8"))["packages"]
    return {name: entry.get("version", "") for name, entry in wanted.items()}
