"""``fluxbridge doctor``: what it prints, its exit status, and that it starts nothing."""

from __future__ import annotations

import json
import os
import re
import subprocess
import types
from pathlib import Path
from typing import Any

import pytest
from juliafakes import JULIACALL, World, fake_julia, fake_project

from fluxbridge import cli
from fluxbridge.errors import JuliaNotAvailable
from fluxbridge.julia import doctor, session
from fluxbridge.julia.setup import discovery

needs_sh = pytest.mark.skipif(os.name == "nt", reason="the fake julia is a shell script")


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def ask(world: World, *options: str) -> subprocess.CompletedProcess[str]:
    return world.python("-m", "fluxbridge", "doctor", *options)


def report(world: World, *options: str) -> tuple[int, dict[str, Any]]:
    done = ask(world, "--json", *options)
    return done.returncode, json.loads(done.stdout)


@pytest.fixture
def named(world: World, tmp_path: Path) -> World:
    return world.set(
        PYTHON_JULIACALL_EXE=fake_julia(tmp_path / "j"), PYTHON_JULIACALL_PROJECT=fake_project(tmp_path / "p")
    )


def test_without_julia(world: World) -> None:
    done = ask(world)
    assert done.returncode == 1
    assert re.search(r"^Julia +not found$", done.stdout, re.MULTILINE)
    assert "problem: no Julia was found here, and there is no network" in done.stdout
    for way in (
        "juliapkg installs",
        "PYTHON_JULIACALL_EXE",
        "PYTHON_JULIACALL_PROJECT",
        "PYTHON_JULIAPKG_OFFLINE",
    ):
        assert way in done.stdout
    assert done.stdout.endswith("status: Julia cannot be used yet\n")
    assert done.stderr == ""
    assert not world.project.exists()


def test_the_three_ways_are_printed_once(world: World) -> None:
    for offline in (None, "yes"):
        assert ask(world.set(PYTHON_JULIAPKG_OFFLINE=offline)).stdout.count("Three ways") == 1
    done = ask(world.set(PYTHON_JULIACALL_HANDLE_SIGNALS="perhaps"))
    assert done.stdout.count("Three ways") == 1


@needs_sh
def test_all_is_well(named: World, tmp_path: Path) -> None:
    done = ask(named)
    assert done.returncode == 0
    for name, value in {
        "Julia": f"1.10.8 at {tmp_path / 'j' / 'julia'}",
        "project": f"{tmp_path / 'p'} (writable)",
        "Flux": "0.16.10",
        "Zygote": "0.7.12",
        "ChainRulesCore": "1.26.1",
        "PythonCall": JULIACALL,
        "juliacall": JULIACALL,
        "threads": "1",
    }.items():
        where = re.escape(value).replace(r"\ ", r"\s+")  # lines have 80 columns, and paths their own length
        assert re.search(rf"^{name} +{where}$", done.stdout, re.MULTILINE), name
    for name in ("fluxbridge", "FluxBridge", "Python", "NumPy", "juliapkg", "OpenSSL", "signals", "depot"):
        assert re.search(rf"^{name} +\S", done.stdout, re.MULTILINE), name
    assert f"export PYTHON_JULIACALL_PROJECT={tmp_path / 'p'}" in done.stdout
    assert "problem" not in done.stdout
    assert done.stdout.endswith("status: Julia can be used\n")


@needs_sh
def test_json(named: World) -> None:
    status, found = report(named)
    assert status == 0
    assert found["usable"] is True and found["recipe"] == "named" and found["problems"] == []
    assert found["chosen"]["PYTHON_JULIACALL_HANDLE_SIGNALS"] == "no"
    assert found["offline"]["PYTHON_JULIACALL_EXE"] == found["given"]["PYTHON_JULIACALL_EXE"]


@needs_sh
def test_a_prepared_project_of_juliapkg_gives_the_recipe_without_it(world: World, tmp_path: Path) -> None:
    program = fake_julia(tmp_path / "bin")
    fake_project(world.project)
    status, found = report(world)
    assert (status, found["recipe"]) == (0, "juliapkg")
    assert found["chosen"]["PYTHON_JULIAPKG_OFFLINE"] == "yes"
    assert found["offline"]["PYTHON_JULIACALL_EXE"] == str(program)
    assert found["offline"]["PYTHON_JULIACALL_PROJECT"] == str(world.project)
    assert any("stays offline" in hint for hint in found["hints"])
    status, found = report(world.set(PYTHON_JULIAPKG_OFFLINE="yes"))
    assert (status, found["recipe"]) == (0, "juliapkg offline")


def test_every_problem_has_a_next_step(world: World, tmp_path: Path) -> None:
    world.set(
        PYTHON_JULIACALL_EXE="/no/julia",
        PYTHON_JULIACALL_PROJECT="/no/project",
        PYTHON_JULIACALL_THREADS="4",
        PYTHON_JULIACALL_OPTIMIZE="9",
    )
    status, found = report(world)
    assert status == 1
    assert {problem["cause"] for problem in found["problems"]} == {
        "bad value",
        "threads",
        "program missing",
        "path missing",
    }
    assert all(problem["next"] for problem in found["problems"])


@needs_sh
def test_hints(named: World, tmp_path: Path) -> None:
    for module in ("torch", "numba"):
        (tmp_path / "site" / module).mkdir(parents=True)
        (tmp_path / "site" / module / "__init__.py").write_text("raise ImportError('never imported')")
    named.set(
        PYTHONPATH=f"{tmp_path / 'site'}{os.pathsep}{named.environment['PYTHONPATH']}",
        PYTHON_JULIACALL_HANDLE_SIGNALS="yes",
        PYTHON_JULIACALL_OPTLEVEL="0",
    )
    hints = "\n".join(report(named)[1]["hints"])
    assert "torch is installed" in hints and "numba is installed" in hints
    assert "isolated=True" in hints
    assert "Ctrl-C ends Python" in hints
    assert "nobody reads PYTHON_JULIACALL_OPTLEVEL" in hints
    named.set(PYTHON_JULIACALL_HANDLE_SIGNALS=None, JULIA_NUM_THREADS="4")
    hints = "\n".join(report(named)[1]["hints"])
    assert "JULIA_NUM_THREADS is not followed" in hints


@needs_sh
def test_a_project_of_another_julia(world: World, tmp_path: Path) -> None:
    world.set(
        PYTHON_JULIACALL_EXE=fake_julia(tmp_path / "j", "1.12.1"),
        PYTHON_JULIACALL_PROJECT=fake_project(tmp_path / "p"),
    )
    assert any("made by Julia 1.10.8, this is 1.12.1" in hint for hint in report(world)[1]["hints"])


def test_it_starts_nothing(named: World, tmp_path: Path) -> None:
    code = (
        "import sys\nfrom fluxbridge.cli import main\nmain(['doctor'])\nanswer = 'juliacall' in sys.modules"
    )
    assert named.run(code) is False
    assert not (tmp_path / "j" / "calls").exists()


# -- --start, with a session of our own ------------------------------------------------------------


@pytest.fixture
def well(monkeypatch: pytest.MonkeyPatch) -> None:
    found = discovery.Availability(recipe="named", julia="/a/julia", version="1.10.8", project="/a/project")
    monkeypatch.setattr(discovery, "available", lambda: found)


def test_start_reports_live_versions(
    well: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def start() -> Any:
        print("[juliapkg] says something")
        return types.SimpleNamespace(versions=lambda: {"Julia": "1.11.1", "threads": "3", "project": "/b"})

    monkeypatch.setattr(session, "start", start)
    assert cli.main(["doctor", "--start", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["facts"]["Julia"] == "1.11.1 at /a/julia (running)"
    assert found["facts"]["threads"] == "3 (running)"
    assert found["facts"]["project"].startswith("/a/project")


def test_start_that_fails(
    well: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def start() -> Any:
        raise JuliaNotAvailable("it is raining", "wait")

    monkeypatch.setattr(session, "start", start)
    assert cli.main(["doctor", "--start"]) == 1
    out = capsys.readouterr().out
    assert "problem: it is raining\nnext:    wait" in out


def test_start_may_download(monkeypatch: pytest.MonkeyPatch) -> None:
    found = discovery.Availability(recipe="juliapkg", download=["Julia"], servers=["https://a.invalid"])
    monkeypatch.setattr(discovery, "available", lambda: found)
    monkeypatch.setattr(doctor.network, "unreachable", lambda *servers: [])
    started: list[str] = []
    monkeypatch.setattr(
        session, "start", lambda: started.append("yes") or types.SimpleNamespace(versions=dict)
    )
    assert not doctor.examine().usable
    assert doctor.examine().problems[0]["cause"] == "to download"
    assert not started
    assert doctor.examine(start=True).usable
    assert started


def test_wrong_call() -> None:
    with pytest.raises(SystemExit) as error:
        cli.main(["doctor", "--never"])
    assert error.value.code == 2


def test_a_pair_that_was_never_run_is_named(monkeypatch):
    monkeypatch.setattr(doctor, "_version", lambda package: "0.9.99")
    hints = doctor.examine().hints
    assert any(
        "not with juliacall 0.9.99; if Julia does not start: pip install juliacall==0.9." in h for h in hints
    )
    monkeypatch.setattr(doctor, "_version", lambda package: max(doctor.settings.RUN_WITH))
    assert not any("was run with" in hint for hint in doctor.examine().hints)
