"""Can Julia be used here? Answered without starting, downloading or importing juliacall.

The order of things when a session starts::

    found = discovery.check()               # raises JuliaNotAvailable where nothing can work
    settings.apply(found.offline)           # our choice for what the user has not set
    try:
        import juliacall                    # with what Julia prints on stderr kept
    except Exception as failure:
        raise failures.explain(failure, printed) from failure
"""

from __future__ import annotations

import ctypes
import importlib.metadata
import importlib.util
import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field

from ...errors import JuliaNotAvailable
from . import network, places, resolved, settings
from .failures import explain, problem


@dataclass
class Availability:
    """What was found. True if Julia can be used now, with nothing to download."""

    recipe: str = ""  #: "running", "named" (EXE and PROJECT), "juliapkg" or "juliapkg offline"
    julia: str | None = None  #: the program
    version: str | None = None
    project: str | None = None
    packages: dict[str, str] = field(default_factory=dict)  #: versions in the project's manifest
    download: list[str] = field(default_factory=list)  #: what juliapkg would have to download first
    servers: list[str] = field(default_factory=list)  #: from where
    isolated: bool = False  #: Julia will have a process of its own (FLUXBRIDGE_ISOLATED)
    offline: bool = False  #: all is there, so juliapkg is to stay offline in this process
    problems: list[JuliaNotAvailable] = field(default_factory=list)

    def __bool__(self) -> bool:
        return not self.problems and not self.download

    @property
    def error(self) -> JuliaNotAvailable | None:
        """The first problem, ready to be raised."""
        if self.problems:
            return self.problems[0]
        return problem("to download", what=", ".join(self.download)) if self.download else None

    @property
    def reason(self) -> str:
        """Why Julia cannot be used now; empty if it can."""
        return self.error.reason if self.error else ""

    @property
    def remedy(self) -> str:
        return self.error.remedy if self.error else ""

    @property
    def found(self) -> str:
        """One line: what was found, and where."""
        if self.julia is None:
            return "no Julia"
        return f"Julia {self.version or '(version unknown)'} at {self.julia}, project {self.project}"


def available() -> Availability:
    """Can Julia be used now? Never starts, downloads or waits for a network.

    False also where ``start()`` would succeed after a download: see `reason` and `download`.
    """
    return _survey()


def check() -> Availability:
    """The same, but raise JuliaNotAvailable if ``start()`` cannot succeed; it may have to download."""
    survey = _survey()
    if survey.problems:
        raise survey.problems[0]
    if survey.download:
        lost = network.unreachable(*survey.servers)
        if lost:
            raise no_network(survey, lost)
    return survey


def no_network(survey: Availability, lost: list[str]) -> JuliaNotAvailable:
    """The error for a download that cannot be made."""
    hosts = ", ".join(lost)
    if survey.julia is None:
        return problem("no network for download", hosts=hosts)
    return problem(
        "no network for packages", found=survey.found, what=", ".join(survey.download), hosts=hosts
    )


# -- forks -----------------------------------------------------------------------------------------

_forked = False


def running() -> bool:
    """Has juliacall started Julia in this process (or in the one it was forked from)?"""
    juliacall = sys.modules.get("juliacall")  # to import it would start Julia
    return hasattr(juliacall, "Main") or bool(getattr(juliacall, "CONFIG", {}).get("inited"))


def half_started() -> bool:
    """Did a start fail after Julia's library had been initialised? A second start would crash."""
    if running():
        return False
    try:
        return bool(ctypes.CDLL(None).jl_is_initialized())
    except (AttributeError, OSError, TypeError):  # no such library in this process
        return False


def forked() -> bool:
    """Is this a forked child of a process that had started Julia? Then Julia must not be touched."""
    return _forked


def _after_fork() -> None:
    global _forked
    _forked = _forked or running()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


# -- the checks, in the order in which they matter -------------------------------------------------


def _survey() -> Availability:
    survey = Availability(isolated=settings.isolated())
    if survey.isolated:  # whatever has happened in this process, Julia starts in another one
        survey.problems += _settings()
        _project(survey)
    elif _forked:
        survey.problems.append(problem("forked"))
    elif running():
        config = sys.modules["juliacall"].CONFIG
        survey.recipe, survey.julia, survey.project = "running", config.get("exepath"), config.get("project")
        survey.version = places.julia_version(survey.julia)
        survey.packages = places.packages(survey.project or "", survey.version)
    else:
        survey.problems += _process()
        _project(survey)
    return survey


def _project(survey: Availability) -> None:
    if importlib.util.find_spec("juliacall") is None:
        survey.problems.append(problem("not installed", package="juliacall"))
    else:
        _places(survey)


def _process() -> Iterator[JuliaNotAvailable]:
    """What is wrong with this process and its settings, wherever Julia may be."""
    if half_started():
        yield problem("half started")
    # what matters is whether torch was loaded first
    if "torch" in sys.modules and os.environ.get("FLUXBRIDGE_JULIA_WITH_TORCH") != "yes":
        yield problem("torch first")
    yield from _settings()
    threads = settings.threads()
    if threads != "1" and settings.option("handle_signals")[0] != "yes":
        yield problem("threads", threads=threads)


def _settings() -> Iterator[JuliaNotAvailable]:
    if settings.is_no("init"):
        yield problem("switched off", setting=settings.option("init")[1] + "=no")
    for setting, value, expected in settings.bad_values():
        yield problem("bad value", setting=setting, value=value, expected=expected)


def _places(survey: Availability) -> None:
    """Find Julia and the project by the same rules as juliacall."""
    named = {name: settings.option(name) for name in ("exe", *settings.PATHS)}
    for name in settings.PATHS:
        value, setting = named[name]
        if value is not None and not os.path.exists(value):
            survey.problems.append(problem("path missing", setting=setting, value=value))
    program, setting = named["exe"]
    if program is not None and shutil.which(program) is None:
        survey.problems.append(problem("program missing", setting=setting, value=program))
        return
    if program is None and named["bindir"][0] is not None:
        program, setting = os.path.join(named["bindir"][0], "julia"), named["bindir"][1]
    project = named["project"][0]
    if (program is None) != (project is None):
        survey.problems.append(problem("half set"))
    elif program is not None and project is not None:
        _named(survey, program, setting, project)
    else:
        _juliapkg(survey)


def _named(survey: Availability, program: str, setting: str, project: str) -> None:
    """Both EXE and PROJECT are given: juliapkg has no part in it."""
    survey.recipe, survey.project = "named", os.path.abspath(project)
    survey.julia, survey.version = shutil.which(program) or program, places.julia_version(program)
    if survey.version is None:
        survey.problems.append(problem("not Julia", setting=setting, value=program))
    elif os.path.exists(project):
        survey.packages = places.packages(project, survey.version)
        survey.problems += _packages(survey)


def _packages(survey: Availability) -> Iterator[JuliaNotAvailable]:
    """Has the project what the bridge needs, and the PythonCall that fits juliacall?"""
    own, project = _version_of("juliacall"), survey.project
    theirs = survey.packages.get("PythonCall")
    if theirs and own and theirs != own:
        yield problem("versions differ", juliacall=own, pythoncall=theirs, project=project)
    if "JULIA_LOAD_PATH" in os.environ or settings.option("sysimage")[0]:
        return  # packages may come from elsewhere
    missing = [name for name in ("PythonCall", *settings.PACKAGES) if name not in survey.packages]
    if missing:
        yield problem(
            "packages missing",
            project=project,
            packages=", ".join(missing),
            list=", ".join(f'"{name}"' for name in missing),
        )


def _version_of(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def _juliapkg(survey: Availability) -> None:
    """Neither is given: juliapkg finds Julia and keeps the project, or installs them."""
    survey.recipe = "juliapkg"
    if importlib.util.find_spec("juliapkg") is None:
        survey.problems.append(problem("not installed", package="juliapkg"))
        return
    setting = resolved.relative_project()
    if setting:
        survey.problems.append(problem("relative project", setting=setting))
        return
    program, setting = resolved.named_program()
    if program is not None and places.julia_version(program) is None:
        survey.problems.append(problem("not Julia", setting=setting, value=program))
    if settings.option("offline", "juliapkg")[0] not in (None, "yes", "no"):
        return  # a bad value, reported before
    try:
        view = resolved.look()
    except Exception as failure:  # a juliapkg that we do not know, or a broken state of it
        survey.problems.append(explain(failure))
        return
    survey.recipe += " offline" if view.offline else ""
    survey.julia, survey.version, survey.project = view.julia, view.version, str(view.project)
    survey.packages = places.manifest_versions(view.project, view.version)
    survey.offline = view.complete and not view.current and not view.offline
    survey.problems += _resolvable(survey, view)
    if not (survey.problems or view.complete or view.offline):
        survey.download = view.missing if view.julia else ["Julia " + view.wanted, *view.missing]
        if not _depot_only(view):
            survey.servers = [network.package_server()] + ([] if view.julia else [network.JULIA_SERVER])
    if settings.option("offline", "juliapkg")[0] == "no":
        survey.offline = False  # the user wants updates


def _resolvable(survey: Availability, view: resolved.Resolved) -> Iterator[JuliaNotAvailable]:
    if view.conflict:
        yield problem("conflict", line=view.conflict)
    if not places.writable(view.project):
        yield problem("read only", project=view.project)
    if view.conflict or not view.offline:
        return
    if view.julia is None:
        yield problem("not found", range=view.wanted or "any")
    else:
        yield from _packages(survey)  # juliapkg itself looks at nothing when it is offline


def _depot_only(view: resolved.Resolved) -> bool:
    """Julia is there and told to use only the packages in its depot: let it try."""
    return view.julia is not None and os.environ.get("JULIA_PKG_OFFLINE", "").lower() in ("true", "1", "yes")
