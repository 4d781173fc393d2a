"""What juliapkg has installed and what it would do, found out without running it."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import places
from .settings import option


@dataclass
class Resolved:
    """The state of juliapkg: which Julia and project it uses, and what it would have to download."""

    project: Path
    julia: str | None = None  #: the program
    version: str | None = None
    wanted: str = ""  #: the versions of Julia that fit all requirements
    missing: list[str] = field(default_factory=list)  #: packages to download, "name version"
    offline: bool = False  #: it is told to download nothing
    current: bool = False  #: resolved for the requirements of today: it will do nothing at all
    conflict: str = ""  #: requirements that do not fit together

    @property
    def complete(self) -> bool:
        """Everything is installed: nothing need be downloaded."""
        return self.current or (self.julia is not None and not self.missing and not self.conflict)


_imported_here = False


def look() -> Resolved:
    """Ask juliapkg's own functions. An unknown version of juliapkg may raise anything."""
    global _imported_here
    if "juliapkg" not in sys.modules:  # else it has read its variables before
        _imported_here = True
    from juliapkg import deps, find_julia, state

    if _imported_here and not state.STATE.get("resolved"):
        state.reset_state()  # it reads the variables when imported; they may have changed since
    known: dict[str, Any] = state.STATE
    view = Resolved(Path(known["project"]), offline=bool(known.get("offline")))
    with contextlib.redirect_stdout(io.StringIO()):  # juliapkg reports what it finds
        try:
            compat, wanted = deps.find_requirements()
        except Exception as failure:
            view.conflict = str(failure)
            return view
        view.wanted = "" if compat is None else str(compat)
        view.current = bool(known.get("resolved") or (view.project.is_dir() and deps.can_skip_resolve()))
        if view.current:
            meta = deps.load_meta() or {}
            view.julia, view.version = meta.get("executable"), meta.get("version")
            return view
        with contextlib.suppress(Exception):  # it says "not found" with an Exception
            program, version = find_julia.find_julia(compat=compat, prefix=known["install"], install=False)
            view.julia, view.version = program, str(version)
    installed = places.manifest_versions(view.project, view.version)
    view.missing = sorted(_named(package) for package in wanted if not _fits(package, installed))
    return view


def _named(package: Any) -> str:
    return f"{package.name} {package.version or ''}".strip()


def _fits(package: Any, installed: dict[str, str]) -> bool:
    """Is this package in the manifest, in a version that will do?"""
    from juliapkg.compat import Compat, Version

    if package.name not in installed:
        return False
    version = installed[package.name].split("+")[0]
    if not version or not package.version:
        return True
    return Version.parse(version) in Compat.parse(str(package.version))


def named_program() -> tuple[str | None, str]:
    """PYTHON_JULIAPKG_EXE: which Julia juliapkg is told to use, and under which name."""
    return option("exe", "juliapkg")


def relative_project() -> str | None:
    """The name of the setting if juliapkg's project is given as a relative path, which it refuses."""
    project, setting = option("project", "juliapkg")
    return setting if project and not os.path.isabs(project) else None
