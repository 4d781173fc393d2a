"""``fluxbridge doctor``: what there is of Julia, what is wrong with it, and the next step."""

from __future__ import annotations

import contextlib
import importlib.metadata
import importlib.util
import json
import multiprocessing
import os
import platform
import shlex
import ssl
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from .. import __version__
from ..errors import JuliaNotAvailable
from ..shell import wrapped
from . import session
from .setup import discovery, network, places, settings
from .setup.causes import ISOLATE, WAYS
from .setup.failures import explain

_ROUTES = {
    "running": "Julia runs in this process already",
    "named": "PYTHON_JULIACALL_EXE and _PROJECT name Julia and its project; juliapkg has no part in it",
    "juliapkg": "juliapkg finds or installs Julia and keeps the project",
    "juliapkg offline": "juliapkg finds Julia, and is told to stay offline",
    "": "none yet",
}


@dataclass
class Findings:
    """What was found. `usable`: can Julia be used now?"""

    usable: bool = False
    recipe: str = ""
    facts: dict[str, str] = field(default_factory=dict)
    chosen: dict[str, str] = field(default_factory=dict)  #: settings that we choose
    given: dict[str, str] = field(default_factory=dict)  #: settings that the user made
    problems: list[dict[str, str]] = field(default_factory=list)  #: cause, reason and next step
    hints: list[str] = field(default_factory=list)
    offline: dict[str, str] = field(default_factory=dict)  #: variables that repeat this without network

    def add(self, error: JuliaNotAvailable) -> None:
        cause = str(getattr(error, "cause", "unknown"))
        self.problems.append({"cause": cause, "reason": error.reason, "next": error.remedy})


def run(start: bool = False, as_json: bool = False) -> int:
    """Print the report; the result is 0 if Julia can be used, 1 if there are problems."""
    report = examine(start)
    print(json.dumps(asdict(report), indent=2) if as_json else text(report))
    return 0 if report.usable else 1


def examine(start: bool = False) -> Findings:
    """Look at everything. Julia is started only if `start`."""
    survey = discovery.available()
    report = Findings(recipe=survey.recipe)
    report.facts = dict(_facts(survey))
    report.chosen = settings.chosen(survey.offline) if survey.recipe != "running" else {}
    report.given = _given()
    for error in survey.problems:
        report.add(error)
    if survey.download and not survey.problems:
        lost = network.unreachable(*survey.servers)
        if lost:
            report.add(discovery.no_network(survey, lost))
        elif survey.error and not start:
            report.add(survey.error)
    report.hints = list(_hints(survey))
    if start and not report.problems:
        _start(report)
    report.usable = not report.problems
    if survey and survey.julia and survey.project:
        report.offline = _offline(survey.julia, survey.project)
    return report


def _facts(survey: discovery.Availability) -> Iterator[tuple[str, str]]:
    folder = places.fluxbridge_folder()
    yield "fluxbridge", __version__
    yield "FluxBridge", f"{places.project_version(folder)} in {folder}" if folder else "not found"
    yield "Python", f"{platform.python_version()} at {sys.executable}"
    for package in ("numpy", "juliacall", "juliapkg"):
        yield {"numpy": "NumPy"}.get(package, package), _version(package)
    yield "OpenSSL", ssl.OPENSSL_VERSION
    yield "way", _ROUTES.get(survey.recipe, survey.recipe)
    yield "Julia", f"{survey.version or 'unknown version'} at {survey.julia}" if survey.julia else "not found"
    if survey.project:
        yield "project", _place(Path(survey.project))
    yield "depot", _place(places.depots()[0])
    for package in (*settings.PACKAGES, "PythonCall"):
        if survey.project and os.path.exists(survey.project):
            yield package, survey.packages.get(package, "not in the project") or "in the project"
    yield "threads", settings.threads()
    own = "julia.start(isolated=True) or FLUXBRIDGE_ISOLATED=1 gives Julia one of its own"
    yield "process", "Julia's own (FLUXBRIDGE_ISOLATED)" if survey.isolated else f"this one; {own}"
    if survey.isolated:
        yield "signals", "Julia's, in its own process: Ctrl-C interrupts Julia, and Python goes on"
        return
    signals = settings.option("handle_signals")[0] == "yes"
    yield "signals", "Julia's: Ctrl-C ends Python" if signals else "Python's: Ctrl-C waits for Julia's call"


def _place(path: Path) -> str:
    here = "" if path.exists() else "not there yet, "
    return f"{path} ({here}{'writable' if places.writable(path) else 'read-only'})"


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"


def _given() -> dict[str, str]:
    ours = ("PYTHON_JULIA", "JULIA", "FLUXBRIDGE_")
    given = {name: value for name, value in sorted(os.environ.items()) if name.startswith(ours)}
    given.update({f"-X {k}": str(v) for k, v in sys._xoptions.items() if k.startswith("julia")})
    return given


def _hints(survey: discovery.Availability) -> Iterator[str]:
    """Warnings: what works now and may fail later, and settings without effect."""
    if survey.recipe != "running" and not survey.isolated:
        for module in ("torch", "numba", "llvmlite"):
            # what matters is whether the library is loaded, and it must not be loaded to find out
            if module != "torch" and module in sys.modules:
                yield f"{module} is imported, with an LLVM of its own: start Julia first; {ISOLATE}"
            elif module != "llvmlite" and importlib.util.find_spec(module) is not None:
                yield f"{module} is installed: in one process, start Julia before importing it; {ISOLATE}"
    if (
        not survey.isolated
        and multiprocessing.get_start_method(allow_none=True) in (None, "fork")
        and _forks_by_default()
    ):
        yield (
            "multiprocessing forks on this system, and Julia does not survive a fork: use "
            'multiprocessing.get_context("spawn") in a program that starts Julia'
        )
    if settings.option("handle_signals")[0] == "yes" and not survey.isolated:
        yield f"PYTHON_JULIACALL_HANDLE_SIGNALS=yes: Ctrl-C ends Python at once; {ISOLATE}"
    if "PYTHON_JULIACALL_THREADS" in settings.chosen():
        yield "JULIA_NUM_THREADS is not followed: one thread is safe without Julia's signal handling"
    if "PYTHON_JULIACALL_OPTLEVEL" in os.environ:
        yield "nobody reads PYTHON_JULIACALL_OPTLEVEL; the name is PYTHON_JULIACALL_OPTIMIZE"
    if not places.writable(places.depots()[0]):
        yield "the first depot is read-only: nothing can be precompiled; JULIA_DEPOT_PATH=/mine:/shared helps"
    if survey.project and survey.version:
        built = places.manifest_julia(survey.project, survey.version)
        if built and built.split(".")[:2] != survey.version.split(".")[:2]:
            yield f"the project was made by Julia {built}, this is {survey.version}: try Pkg.resolve()"
    version = _version("juliacall")
    if version not in settings.RUN_WITH and version != "not installed":
        known = ", ".join(f"juliacall {ours} with Julia {julia}" for ours, julia in settings.RUN_WITH.items())
        yield (
            f"fluxbridge was run with {known}, not with juliacall {version}; if Julia does not start: "
            f"pip install juliacall=={max(settings.RUN_WITH)}"
        )
    if survey.recipe == "juliapkg" and survey.offline:
        yield "all is installed, so juliapkg stays offline; PYTHON_JULIAPKG_OFFLINE=no asks for updates"


def _forks_by_default() -> bool:
    return sys.platform == "linux" and sys.version_info < (3, 14)


def _offline(julia: str, project: str) -> dict[str, str]:
    """The settings with which Julia starts without juliapkg and without a network."""
    return {
        "PYTHON_JULIACALL_EXE": julia,
        "PYTHON_JULIACALL_PROJECT": project,
        "JULIA_DEPOT_PATH": os.pathsep.join(map(str, places.depots())),
        "JULIA_PKG_OFFLINE": "true",
        "JULIA_CONDAPKG_BACKEND": "Null",
    }


def _start(report: Findings) -> None:
    """Start Julia, and replace what was read from files by what Julia says itself."""
    try:
        with contextlib.redirect_stdout(sys.stderr):  # what juliapkg says
            live = session.start().versions()
    except Exception as failure:
        report.add(explain(failure))
        return
    for name in report.facts:
        if name in live and name != "project":
            where = report.facts[name].partition(" ")[2] if name in ("Julia", "FluxBridge") else ""
            report.facts[name] = f"{live[name]} {where}".rstrip() + " (running)"


def text(report: Findings) -> str:
    """The report as people read it."""
    lines = [wrapped(value, " " * 16, f"{name:<15} ") for name, value in report.facts.items()]
    if report.given:
        lines += ["", "set by you", *(f"  {name}={value}" for name, value in report.given.items())]
    if report.chosen:
        lines += ["", "chosen by fluxbridge where you set nothing"]
        lines += [f"  {name}={value}" for name, value in report.chosen.items()]
    if report.hints:
        lines += ["", "good to know", *(wrapped(f"  - {hint}", rest="  ") for hint in report.hints)]
    if report.offline:
        lines += ["", "the same without network and without juliapkg"]
        lines += [f"  export {name}={shlex.quote(value)}" for name, value in report.offline.items()]
    for entry in report.problems:
        lines += ["", wrapped(entry["reason"], " " * 9, "problem: "), _next(entry["next"])]
    found_none = report.problems and report.facts.get("Julia") == "not found"
    if found_none and not any(WAYS in entry["next"] for entry in report.problems):
        lines += ["", wrapped(WAYS)]
    lines += ["", "status: Julia can be used" if report.usable else "status: Julia cannot be used yet"]
    return "\n".join(lines)


def _next(block: str) -> str:
    """The next step; its lines stand below each other."""
    first, *others = block.splitlines()
    told = [wrapped(first, " " * 9, "next:    ")]
    return "\n".join([*told, *(wrapped(" " * 9 + line.lstrip(), rest="   ") for line in others)])
