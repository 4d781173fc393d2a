"""Every way to fail that was seen with juliacall: found before the start, and explained after one."""

from __future__ import annotations

import os
import pickle
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import pytest
from juliafakes import JULIACALL, World, fake_julia, fake_project

from fluxbridge.errors import JuliaNotAvailable
from fluxbridge.julia.setup.causes import FOUND, PRINTED, RAISED
from fluxbridge.julia.setup.failures import explain, problem, what_julia_said

needs_sh = pytest.mark.skipif(os.name == "nt", reason="the fake julia is a shell script")


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


# -- the situations, each made with a fake julia ---------------------------------------------------


@dataclass(frozen=True)
class Row:
    """A situation: how to make it, what check() and explain() call it, and words of the message."""

    name: str
    make: Callable[[World, Path], object]
    checked: str | None  #: the cause that check() finds; None if it cannot know
    started: str | None  #: the cause after a real import; None if nothing is raised
    words: tuple[str, ...]

    def __repr__(self) -> str:
        return self.name


def _online_without_network(world: World, path: Path) -> None:
    fake_julia(
        path / "bin", prints="ERROR: failed to clone from https://github.com/JuliaRegistries/General.git"
    )
    world.set(JULIA_PKG_SERVER="http://127.0.0.1:9")


def _prepared_with_broken_julia(world: World, path: Path) -> None:
    world.set(PYTHON_JULIACALL_EXE=fake_julia(path / "j"), PYTHON_JULIACALL_PROJECT=fake_project(path / "p"))


def _named(world: World, path: Path, **versions: str) -> None:
    world.set(
        PYTHON_JULIACALL_EXE=fake_julia(path / "j"),
        PYTHON_JULIACALL_PROJECT=fake_project(path / "p", **versions),
    )


def _conflict(world: World, path: Path) -> None:
    for name, wanted in (("one", "1.10"), ("two", "=1.9.0")):
        (path / name).mkdir()
        (path / name / "juliapkg.json").write_text(f'{{"julia": "{wanted}"}}')


ROWS = [
    Row(
        "no Julia, no network, defaults",
        lambda world, path: None,
        "no network for download",
        "no network",
        ("no Julia was found", "no network", "juliapkg installs", "PYTHON_JULIACALL_EXE", "offline"),
    ),
    Row(
        "no Julia, offline=yes",
        lambda world, path: world.set(PYTHON_JULIAPKG_OFFLINE="yes"),
        "not found",
        "not found",
        ("no Julia was found", "1.10", "stay offline", "PYTHON_JULIACALL_PROJECT"),
    ),
    Row(
        "JULIAPKG_EXE is not Julia",
        lambda world, path: world.set(PYTHON_JULIAPKG_EXE="/bin/sh"),
        "not Julia",
        "not Julia",
        ("PYTHON_JULIAPKG_EXE is not a working Julia: /bin/sh", "--version"),
    ),
    Row(
        "JULIAPKG_PROJECT relative",
        lambda world, path: world.set(PYTHON_JULIAPKG_PROJECT="env"),
        "relative project",
        "relative project",
        ("PYTHON_JULIAPKG_PROJECT is a relative path", "absolute"),
    ),
    Row(
        "only EXE",
        lambda world, path: world.set(PYTHON_JULIACALL_EXE=fake_julia(path / "j")),
        "half set",
        "half set",
        ("PYTHON_JULIACALL_EXE", "PYTHON_JULIACALL_PROJECT", "only together", "set both"),
    ),
    Row(
        "only PROJECT",
        lambda world, path: world.set(PYTHON_JULIACALL_PROJECT=path),
        "half set",
        "half set",
        ("only together", "PYTHON_JULIAPKG_EXE"),
    ),
    Row(
        "only BINDIR",
        lambda world, path: world.set(PYTHON_JULIACALL_BINDIR=path),
        "half set",
        "half set",
        ("only together", "set both"),
    ),
    Row(
        "EXE not found",
        lambda world, path: world.set(PYTHON_JULIACALL_EXE="/no/julia", PYTHON_JULIACALL_PROJECT=path),
        "program missing",
        "program missing",
        ("PYTHON_JULIACALL_EXE names a program that does not exist: /no/julia", "full path"),
    ),
    Row(
        "PROJECT missing",
        lambda world, path: world.set(
            PYTHON_JULIACALL_EXE=fake_julia(path / "j"), PYTHON_JULIACALL_PROJECT="/no/project"
        ),
        "path missing",
        "path missing",
        ("PYTHON_JULIACALL_PROJECT names a path that does not exist: /no/project", "correct it"),
    ),
    Row(
        "EXE is not Julia",
        lambda world, path: world.set(
            PYTHON_JULIACALL_EXE="/bin/sh", PYTHON_JULIACALL_PROJECT=fake_project(path / "p")
        ),
        "not Julia",
        "did not run",
        ("--version", "PYTHON_JULIACALL_EXE"),
    ),
    Row(
        "Julia found, online mode, no network",
        _online_without_network,
        "no network for packages",
        "no network (printed)",
        ("Julia", "JULIA_PKG_SERVER", "work offline", "PYTHON_JULIAPKG_OFFLINE=yes"),
    ),
    Row(
        "project lacks PythonCall",
        lambda world, path: _named(world, path, PythonCall="", Zygote=""),
        "packages missing",
        "library",
        (),
    ),
    Row(
        "PythonCall of another version",
        lambda world, path: _named(world, path, PythonCall="0.9.1"),
        "versions differ",
        "library",
        (),
    ),
    Row(
        "conflicting requirements",
        _conflict,
        "conflict",
        "conflict",
        ("do not fit together", "empty intersection", "juliapkg.json", "update or remove"),
    ),
    Row(
        "bad option value",
        lambda world, path: world.set(PYTHON_JULIACALL_HANDLE_SIGNALS="maybe"),
        "bad value",
        "bad value",
        ("PYTHON_JULIACALL_HANDLE_SIGNALS=maybe is not understood", "yes, no", "correct it"),
    ),
    Row(
        "bad juliapkg option",
        lambda world, path: world.set(PYTHON_JULIAPKG_OFFLINE="maybe"),
        "bad value",
        "bad value (juliapkg)",
        ("PYTHON_JULIAPKG_OFFLINE", "is not understood", "yes, no"),
    ),
    Row(
        "Julia's library does not load",
        _prepared_with_broken_julia,
        None,
        "library",
        ("does not load", "libjulia.so", "isolated=True"),
    ),
]


@needs_sh
@pytest.mark.parametrize("row", ROWS, ids=repr)
def test_found_before_the_start(row: Row, world: World, tmp_path: Path) -> None:
    row.make(world, tmp_path)
    answer = world.check()
    assert answer["cause"] == row.checked, answer["text"]
    assert answer["type"] == (row.checked and "JuliaNotAvailable")
    assert answer["seconds"] < 3
    assert not world.project.exists()
    if row.checked is not None:
        for word in row.words:
            assert word in answer["text"]


@needs_sh
@pytest.mark.parametrize("row", ROWS, ids=repr)
def test_explained_after_a_real_import(row: Row, world: World, tmp_path: Path) -> None:
    if row.name == "only BINDIR" and version("juliacall") < "0.9.37":
        pytest.skip("older juliacalls do not take BINDIR for the place of the program")
    row.make(world, tmp_path)
    answer = world.start()
    assert answer["type"] == "JuliaNotAvailable"
    assert answer["cause"] == row.started, (answer["raised"], answer["text"])
    for word in row.words:
        assert word in answer["text"]


@needs_sh
def test_what_is_missing_is_named(world: World, tmp_path: Path) -> None:
    _named(world, tmp_path, PythonCall="", Zygote="")
    text = world.check()["text"]
    assert "lacks PythonCall, Zygote" in text
    assert 'Pkg.add(["PythonCall", "Zygote"])' in text


@needs_sh
def test_versions_that_differ_are_named(world: World, tmp_path: Path) -> None:
    _named(world, tmp_path, PythonCall="0.9.1")
    text = world.check()["text"]
    assert f"juliacall {JULIACALL} needs PythonCall {JULIACALL}" in text
    assert "has PythonCall 0.9.1" in text
    assert "pip install juliacall==0.9.1" in text


def test_juliacall_not_installed(world: World, tmp_path: Path) -> None:
    hide = """
import sys
class Hidden:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == "juliacall":
            raise ModuleNotFoundError("No module named 'juliacall'", name="juliacall")
import importlib.util
real = importlib.util.find_spec
importlib.util.find_spec = lambda name, *rest: None if name == "juliacall" else real(name, *rest)
sys.meta_path.insert(0, Hidden())
"""
    answer = world.check(before=hide)
    assert (answer["type"], answer["cause"]) == ("JuliaNotAvailable", "not installed")
    assert "the Python package juliacall is not installed" in answer["text"]
    assert "pip install juliacall" in answer["text"]


START = """
import os, sys, time
before = set(os.listdir(sys.prefix))
began = time.perf_counter()
from fluxbridge import julia
from fluxbridge.errors import JuliaNotAvailable
answer = []
for _ in range(2):
    try:
        julia.start()
    except JuliaNotAvailable as error:
        answer.append(error.cause)
answer += [time.perf_counter() - began, sorted(set(os.listdir(sys.prefix)) - before)]
"""


@pytest.mark.parametrize("project", ["given", "default"])
def test_start_without_julia_and_network(world: World, project: str) -> None:
    """It answers at once, twice the same, and leaves nothing behind."""
    if project == "default":
        world.set(PYTHON_JULIAPKG_PROJECT=None)
    first, second, seconds, left = world.run(START)
    assert first == second == "no network for download"
    assert seconds < 4
    assert left == []
    assert [path.name for path in world.home.iterdir()] == ["bin"]


@needs_sh
def test_start_with_a_library_that_does_not_load(world: World, tmp_path: Path) -> None:
    _prepared_with_broken_julia(world, tmp_path)
    assert world.run(START)[:2] == ["library", "library"]


# -- texts that Julia printed ----------------------------------------------------------------------

DID_NOT_START = Exception("PythonCall.jl did not start properly")
FAILED = subprocess.CalledProcessError(1, ["julia", "-e", "import Pkg"])

PRINTS = [
    (
        DID_NOT_START,
        "ERROR: ArgumentError: Package PythonCall not found in current path.\n"
        '- Run `import Pkg; Pkg.add("PythonCall")` to install the PythonCall package.\nStacktrace:\n [1] x',
        "package missing",
        ("/the/project lacks PythonCall", 'Pkg.add("PythonCall")'),
    ),
    (
        DID_NOT_START,
        "ERROR: ArgumentError: Package UnsafePointers [e17b2a0c] is required but does not seem to be "
        "installed:\n - Run `Pkg.instantiate()` to install all recorded dependencies.\n",
        "package missing",
        ("lacks UnsafePointers", "Pkg.instantiate()"),
    ),
    (
        DID_NOT_START,
        "ERROR: InitError: 'juliacall' module already exists\nStacktrace:\n [1] error(s::String)\n"
        "during initialization of module Core",
        "versions differ (printed)",
        ("must be equal", "pip install juliacall=="),
    ),
    (
        DID_NOT_START,
        "ERROR: InitError: AssertionError: pystr_asstring(jl.__version__) == string(VERSION)\n",
        "versions differ (printed)",
        ("must be equal",),
    ),
    (
        DID_NOT_START,
        'ERROR: InitError: could not load library "libLLVM-15jl.so"\n/usr/lib/libstdc++.so.6: version '
        "`GLIBCXX_3.4.30' not found (required by libLLVM-15jl.so)\n",
        "libstdc++",
        ("too old", "GLIBCXX_3.4.30", "LD_LIBRARY_PATH", "isolated=True"),
    ),
    (
        DID_NOT_START,
        'ERROR: InitError: could not load library "libssl.so"\nlibcrypto.so.3: version `OPENSSL_3.3.0\' not '
        "found (required by libssl.so)\n",
        "OpenSSL",
        ("OpenSSL", "isolated=True"),
    ),
    (
        DID_NOT_START,
        "ERROR: InitError: could not find libpython: set JULIA_PYTHONCALL_LIB\n",
        "no libpython",
        ("--enable-shared", "JULIA_PYTHONCALL_LIB"),
    ),
    (
        DID_NOT_START,
        "ERROR: LoadError: something in it\nERROR: Failed to precompile Zygote [e88e6eb3] to jl_abc.\n",
        "package broken",
        ("Zygote does not precompile", "using Zygote"),
    ),
    (
        FAILED,
        "  Installing known registries\nERROR: failed to clone from https://github.com/JuliaRegistries/General.git,"
        " error: GitError(Code:ERROR, Class:Net, failed to resolve address for github.com)\n",
        "no network (printed)",
        ("could not be downloaded", "failed to clone", "JULIA_PKG_SERVER"),
    ),
    (
        FAILED,
        "ERROR: RequestError: Could not resolve host: pkg.julialang.org while requesting https://pkg...\n",
        "no network (printed)",
        ("Could not resolve host", "PYTHON_JULIAPKG_OFFLINE=yes"),
    ),
    (
        FAILED,
        "ERROR: Unsatisfiable requirements detected for package Flux [587475ba]:\n Flux log:\n",
        "no solution",
        ("Unsatisfiable requirements detected for package Flux", "PYTHON_JULIAPKG_PROJECT"),
    ),
    (
        FAILED,
        'ERROR: IOError: open("/shared/depot/x.toml"): permission denied (EACCES)\n',
        "no permission (printed)",
        ("/shared/depot/x.toml", "JULIA_DEPOT_PATH"),
    ),
    (FAILED, "ERROR: IOError: write: no space left on device (ENOSPC)\n", "disk full (printed)", ("3 GB",)),
    (FAILED, "", "did not run", ("does not run: julia returned non-zero exit status 1", "--version")),
    (FAILED, "ERROR: something new\n", "unknown", ("julia returned non-zero exit status 1", "something new")),
    (
        OSError("libjulia.so.1.10: version `GLIBC_2.34' not found"),
        "",
        "library",
        ("GLIBC_2.34", "built for this system", "isolated=True"),
    ),
    (
        PermissionError(13, "Permission denied", "/env/lock.pid"),
        "",
        "no permission",
        ("lock.pid", "writes nothing"),
    ),
    (OSError(28, "No space left on device"), "", "disk full", ("free some space",)),
    (
        Exception("'path' entries are not unique:\n- '/a' at /x/juliapkg.json\n- '/b' at /y/juliapkg.json"),
        "",
        "conflict",
        ("'path' entries are not unique", "/x/juliapkg.json", "/y/juliapkg.json"),
    ),
]


@pytest.mark.parametrize("failure, printed, cause, words", PRINTS, ids=[case[2] for case in PRINTS])
def test_what_julia_printed(failure: Exception, printed: str, cause: str, words: tuple[str, ...]) -> None:
    error = explain(failure, printed, project="/the/project")
    assert isinstance(error, JuliaNotAvailable)
    assert error.cause == cause
    assert error.remedy
    assert error.stderr == printed
    for word in words:
        assert word in str(error)


def test_the_unknown_keeps_what_was_said() -> None:
    error = explain(DID_NOT_START, "loading\nERROR: the cat sat on the keyboard\nmeow\nStacktrace:\n [1] cat")
    assert error.cause == "unknown"
    assert error.reason.splitlines()[0] == "Julia did not start: PythonCall.jl did not start properly"
    assert "the cat sat on the keyboard" in error.reason
    assert "Stacktrace" not in error.reason
    assert "fluxbridge doctor" in error.remedy


def test_fluxbridge_does_not_load() -> None:
    """Then juliacall runs, and its JuliaError has the text that Julia printed in the other cases."""
    failure = type("JuliaError", (Exception,), {})(
        "ArgumentError: Package Zygote [e88e6eb3] is required but does not seem to be installed:\n"
        " - Run `Pkg.instantiate()` to install all recorded dependencies.\nStacktrace:\n [1] require"
    )
    error = explain(failure, "", project="/the/project")
    assert error.cause == "package missing"
    assert error.reason == "the Julia project /the/project lacks Zygote"
    failure.args = ("UndefVarError: `xyz` not defined\nStacktrace:\n [1] top",)
    error = explain(failure)
    assert error.cause == "unknown"
    assert "UndefVarError: `xyz` not defined" in error.reason and "[1] top" not in error.reason


def test_what_julia_said_is_short() -> None:
    assert len(what_julia_said("\n".join(f"line {k}" for k in range(100))).splitlines()) == 12


def test_our_own_error_passes() -> None:
    error = problem("half set")
    assert explain(error) is error


@pytest.mark.parametrize("cause", (*FOUND, *PRINTED, *RAISED), ids=lambda cause: cause.name)
def test_every_cause_says_what_to_do(cause) -> None:
    error = cause.error({})
    assert error.reason and error.remedy
    assert not error.remedy.endswith(".")
    copy = pickle.loads(pickle.dumps(error))
    assert (copy.reason, copy.remedy, copy.cause) == (error.reason, error.remedy, cause.name)


def test_names_of_causes_are_unique() -> None:
    names = [cause.name for cause in (*FOUND, *PRINTED, *RAISED)]
    assert len(set(names)) == len(names)
