"""Looking for Julia: what is answered without starting it, what is chosen, and what is never done."""

from __future__ import annotations

import os
import socket
import sys
import time
from pathlib import Path

import pytest
from juliafakes import JULIACALL, NO_NETWORK, World, fake_julia, fake_project

from fluxbridge.errors import JuliaNotAvailable
from fluxbridge.julia.setup import network, places, settings

needs_sh = pytest.mark.skipif(os.name == "nt", reason="the fake julia is a shell script")


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


AVAILABLE = """
import sys
from fluxbridge.julia.setup import discovery
a = discovery.available()
answer = {"yes": bool(a), "reason": a.reason, "remedy": a.remedy, "found": a.found, "recipe": a.recipe,
          "offline": a.offline, "download": a.download, "juliacall": "juliacall" in sys.modules}
"""

# -- import fluxbridge -----------------------------------------------------------------------------


def test_import_loads_nothing_heavy(world: World) -> None:
    heavy = ("juliacall", "juliapkg", "torch", "scipy", "matplotlib", "IPython", "urllib.request", "ssl")
    code = (
        "import numpy, sys; before = set(sys.modules); import fluxbridge; new = set(sys.modules) - before\n"
    )
    assert world.run(code + f"answer = sorted(new & set({heavy!r}))") == []


def test_import_is_quick(world: World) -> None:
    """Below 0.3 s of the processor's time beyond NumPy; a busy machine has more than one try."""
    code = "import numpy, time; began = time.process_time(); import fluxbridge\n"
    assert any(world.run(code + "answer = time.process_time() - began") < 0.3 for _ in range(3))


def test_the_modules_of_this_folder_do_not_import_juliacall(world: World) -> None:
    names = "causes, discovery, failures, network, places, resolved, settings"
    code = f"import sys\nfrom fluxbridge.julia.setup import {names}\n"
    assert world.run(code + "answer = [m for m in ('juliacall', 'juliapkg') if m in sys.modules]") == []


# -- available() -----------------------------------------------------------------------------------


def test_no_julia(world: World) -> None:
    answer = world.run(AVAILABLE)
    assert not answer["yes"]
    assert not answer["juliacall"]
    assert answer["found"] == "no Julia"
    assert "to download: Julia 1.10" in answer["reason"]
    assert "start()" in answer["remedy"]
    assert not world.project.exists()


@needs_sh
def test_named_julia_and_project(world: World, tmp_path: Path) -> None:
    program, project = fake_julia(tmp_path / "j", "1.11.2"), fake_project(tmp_path / "p")
    world.set(PYTHON_JULIACALL_EXE=program, PYTHON_JULIACALL_PROJECT=project)
    answer = world.run(AVAILABLE)
    assert answer["yes"] and answer["recipe"] == "named" and not answer["juliacall"]
    assert answer["found"] == f"Julia 1.11.2 at {program}, project {project}"
    assert answer["reason"] == answer["remedy"] == ""
    assert not (program.parent / "calls").exists()


@needs_sh
def test_options_of_python_beat_variables(world: World, tmp_path: Path) -> None:
    program, project = fake_julia(tmp_path / "j"), fake_project(tmp_path / "p")
    world.set(PYTHON_JULIACALL_EXE="/no/julia", PYTHON_JULIACALL_PROJECT=project)
    assert world.check(["-X", f"juliacall-exe={program}"])["cause"] is None
    assert world.check(["-X", "juliacall-handle-signals=perhaps"])["cause"] == "bad value"


@needs_sh
def test_packages_of_the_general_environment_count(world: World, tmp_path: Path) -> None:
    fake_project(tmp_path / "depot" / "environments" / "v1.10")
    empty = fake_project(tmp_path / "p", PythonCall="", Flux="", Zygote="", ChainRulesCore="")
    world.set(PYTHON_JULIACALL_EXE=fake_julia(tmp_path / "j"), PYTHON_JULIACALL_PROJECT=empty)
    assert world.check()["cause"] == "packages missing"
    assert world.set(JULIA_DEPOT_PATH=tmp_path / "depot").check()["cause"] is None


# -- juliapkg, told to stay offline ----------------------------------------------------------------


def _prepared(world: World, tmp_path: Path, **versions: str) -> Path:
    fake_project(world.project, **versions)
    return fake_julia(tmp_path / "bin")


@needs_sh
def test_offline_with_a_prepared_project(world: World, tmp_path: Path) -> None:
    _prepared(world, tmp_path, OpenSSL_jll="")  # offline, juliapkg itself does not ask for it
    answer = world.set(PYTHON_JULIAPKG_OFFLINE="yes").run(AVAILABLE)
    assert answer["yes"] and answer["recipe"] == "juliapkg offline"


@needs_sh
def test_offline_with_a_project_that_lacks_something(world: World, tmp_path: Path) -> None:
    _prepared(world, tmp_path, Zygote="")
    answer = world.set(PYTHON_JULIAPKG_OFFLINE="yes").check()
    assert answer["cause"] == "packages missing"
    assert "lacks Zygote" in answer["text"]


# -- juliapkg, online: no surprise -----------------------------------------------------------------

RESOLVE = """
from fluxbridge.julia.setup import discovery, settings
found = discovery.check()
settings.apply(found.offline)
import juliapkg
juliapkg.resolve()
answer = [found.offline, juliapkg.executable(), juliapkg.project()]
"""


@needs_sh
def test_what_is_complete_stays_offline(world: World, tmp_path: Path) -> None:
    """Neither a first look, nor a second, nor a new or changed requirement asks Julia's package manager."""
    program = _prepared(world, tmp_path)
    assert world.run(RESOLVE) == [True, str(program), str(world.project)]
    assert world.run(RESOLVE)[1] == str(program)
    (tmp_path / "other").mkdir()
    other = tmp_path / "other" / "juliapkg.json"
    for text in ('{"packages": {}}', '{"packages": {}, "julia": "1.10"}'):
        other.write_text(text)
        assert world.run(RESOLVE) == [True, str(program), str(world.project)]
    assert not (program.parent / "calls").exists()


@needs_sh
def test_what_is_incomplete_goes_online(world: World, tmp_path: Path) -> None:
    _prepared(world, tmp_path, Flux="0.13.17")
    answer = world.run(AVAILABLE)
    assert not answer["yes"] and not answer["offline"]
    assert len(answer["download"]) == 1 and answer["download"][0].startswith("Flux")
    assert world.check()["cause"] == "no network for packages"


@needs_sh
def test_updates_can_be_asked_for(world: World, tmp_path: Path) -> None:
    _prepared(world, tmp_path)
    answer = world.set(PYTHON_JULIAPKG_OFFLINE="no").run(AVAILABLE)
    assert answer["yes"] and not answer["offline"]


@needs_sh
def test_packages_in_the_depot_need_no_network(world: World, tmp_path: Path) -> None:
    fake_julia(tmp_path / "bin")
    assert world.set(JULIA_PKG_OFFLINE="true").check()["cause"] is None  # juliapkg may try
    assert not world.run(AVAILABLE)["yes"]  # but nothing is installed yet


@needs_sh
@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_project(world: World, tmp_path: Path) -> None:
    _prepared(world, tmp_path)
    world.project.chmod(0o555)
    answer = world.check()
    assert answer["cause"] == "read only"
    assert "writes nothing" in answer["text"] and "PYTHON_JULIACALL_EXE" in answer["text"]


def test_a_read_only_project_as_root(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = world.check(before="import os; os.access = lambda *_: False\n")
    assert answer["cause"] == "read only"
    assert str(world.project) in answer["text"]


@needs_sh
def test_variables_set_after_a_first_look_count(world: World, tmp_path: Path) -> None:
    program = _prepared(world, tmp_path)
    world.set(PATH=tmp_path / "nothing")
    change = f"import os; assert not a; os.environ['PYTHON_JULIAPKG_EXE'] = {str(program)!r}\n"
    assert world.run(AVAILABLE + change + AVAILABLE)["yes"]


# -- this process ----------------------------------------------------------------------------------


def test_torch_first(world: World) -> None:
    fake = "import sys, types; sys.modules['torch'] = types.ModuleType('torch')\n"
    answer = world.check(before=fake)
    assert answer["cause"] == "torch first"
    assert "above `import torch`" in answer["text"] and "isolated=True" in answer["text"]
    assert world.set(FLUXBRIDGE_JULIA_WITH_TORCH="yes").check(before=fake)["cause"] != "torch first"


def test_switched_off(world: World) -> None:
    answer = world.set(PYTHON_JULIACALL_INIT="no").check()
    assert answer["cause"] == "switched off"
    assert "PYTHON_JULIACALL_INIT=no" in answer["text"]


@pytest.mark.parametrize("threads", ["2", "auto", "1,1"])
def test_threads_without_signals(world: World, threads: str) -> None:
    answer = world.set(PYTHON_JULIACALL_THREADS=threads).check()
    assert answer["cause"] == "threads"
    assert f"{threads} Julia threads" in answer["text"]
    assert "PYTHON_JULIACALL_HANDLE_SIGNALS=yes" in answer["text"]
    assert world.set(PYTHON_JULIACALL_HANDLE_SIGNALS="yes").check()["cause"] != "threads"


def test_bad_threads_would_end_python(world: World) -> None:
    assert world.set(PYTHON_JULIACALL_THREADS="many").check()["cause"] == "bad value"


RUNNING = """
import sys, types
sys.modules["juliacall"] = types.ModuleType("juliacall")
sys.modules["juliacall"].CONFIG = {"inited": True, "exepath": "/a/julia", "project": "/a/project"}
"""


def test_running_already(world: World) -> None:
    answer = world.run(RUNNING + AVAILABLE)
    assert answer["yes"] and answer["recipe"] == "running"
    assert "/a/julia" in answer["found"]


def test_a_second_start_after_a_failed_one(world: World) -> None:
    before = """
import ctypes, types
ctypes.CDLL = lambda name: types.SimpleNamespace(jl_is_initialized=lambda: 1)
"""
    answer = world.check(before=before)
    assert answer["cause"] == "half started"
    assert "restart Python" in answer["text"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_forked_child(world: World) -> None:
    fork = """
import os, warnings
from fluxbridge.errors import JuliaNotAvailable
from fluxbridge.julia.setup import discovery
warnings.simplefilter("ignore")
reader, writer = os.pipe()
if os.fork() == 0:
    try:
        discovery.check()
    except JuliaNotAvailable as error:
        os.write(writer, str(error).encode())
    os._exit(0)
os.wait()
os.close(writer)
answer = [os.read(reader, 10000).decode(), discovery.forked()]
"""
    text, forked = world.run(RUNNING + fork)
    assert "forked after Julia had started" in text
    assert 'get_context("spawn")' in text and "isolated=True" in text
    assert not forked  # the parent goes on
    text, _ = world.run(fork)
    assert "forked" not in text  # Julia had not started: the child may


# -- settings --------------------------------------------------------------------------------------


@pytest.fixture
def unset(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in list(os.environ):
        if "JULIA" in name:
            monkeypatch.delenv(name)
    return monkeypatch


def test_what_is_chosen(unset: pytest.MonkeyPatch) -> None:
    assert settings.chosen() == {
        "PYTHON_JULIACALL_HANDLE_SIGNALS": "no",
        "PYTHON_JULIACALL_AUTOLOAD_IPYTHON_EXTENSION": "no",
        "JULIA_CONDAPKG_BACKEND": "Null",
    }
    assert settings.chosen(offline=True)["PYTHON_JULIAPKG_OFFLINE"] == "yes"


def test_what_the_user_set_stays(unset: pytest.MonkeyPatch) -> None:
    unset.setenv("PYTHON_JULIACALL_HANDLE_SIGNALS", "yes")
    unset.setenv("PYTHON_JULIACALL_AUTOLOAD_IPYTHON_EXTENSION", "yes")
    unset.setenv("JULIA_CONDAPKG_BACKEND", "System")
    unset.setenv("PYTHON_JULIAPKG_OFFLINE", "no")
    unset.setenv("JULIA_NUM_THREADS", "4")
    assert settings.chosen(offline=True) == {}
    assert settings.threads() == "4"


def test_threads_of_julia_alone_are_not_followed(unset: pytest.MonkeyPatch) -> None:
    unset.setenv("JULIA_NUM_THREADS", "4")
    assert settings.chosen()["PYTHON_JULIACALL_THREADS"] == "1"
    assert settings.threads() == "1"


def test_options_are_read_as_juliacall_reads_them(unset: pytest.MonkeyPatch) -> None:
    unset.setenv("PYTHON_JULIACALL_BINDIR", "/here")
    assert settings.option("bindir") == ("/here", "PYTHON_JULIACALL_BINDIR")
    unset.setitem(sys._xoptions, "juliacall-home", "/there")
    assert settings.option("bindir") == ("/there", "-X juliacall-home")
    unset.setenv("PYTHON_JULIACALL_CHECK_BOUNDS", "sometimes")
    assert list(settings.bad_values()) == [
        ("PYTHON_JULIACALL_CHECK_BOUNDS", "sometimes", "one of yes, no, auto")
    ]


# -- files and network -----------------------------------------------------------------------------


def test_manifests(tmp_path: Path) -> None:
    fake_project(tmp_path, Flux="0.15.0")
    assert places.manifest_versions(tmp_path)["Flux"] == "0.15.0"
    assert places.manifest_versions(tmp_path / "Project.toml")["PythonCall"] == JULIACALL
    (tmp_path / "Manifest-v1.11.toml").write_text(
        '[[Flux]]\nversion = "0.16.1"\n[[deps.Base64]]\nuuid = "1"\n'
    )
    assert places.manifest_versions(tmp_path, "1.10.8")["Flux"] == "0.15.0"
    assert places.manifest_versions(tmp_path, "1.11.3") == {"Flux": "0.16.1", "Base64": ""}
    assert places.manifest_versions(tmp_path / "nowhere") == {}
    assert places.manifest_julia(tmp_path) == "1.10.8"


@needs_sh
def test_versions_of_programs(tmp_path: Path) -> None:
    assert places.julia_version(fake_julia(tmp_path, "1.12.0-rc1")) == "1.12.0-rc1"
    assert places.julia_version("/bin/sh") is None
    assert places.julia_version(None) is None


def test_network(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    with socket.create_server(("127.0.0.1", 0)) as server:
        here = f"http://127.0.0.1:{server.getsockname()[1]}"
        assert network.unreachable(here, NO_NETWORK) == [NO_NETWORK]
        monkeypatch.setenv("https_proxy", here)
        monkeypatch.setenv("no_proxy", "")
        assert network.unreachable("https://pkg.example.invalid") == []


def test_a_name_that_is_looked_up_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network, "_connects", lambda server, patience: time.sleep(30))
    began = time.perf_counter()
    assert network.unreachable("https://slow.invalid", patience=0.2) == ["https://slow.invalid"]
    assert time.perf_counter() - began < 2


def test_the_package_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JULIA_PKG_SERVER", raising=False)
    assert network.package_server() == "https://pkg.julialang.org"
    monkeypatch.setenv("JULIA_PKG_SERVER", "eu.pkg.julialang.org")
    assert network.package_server() == "https://eu.pkg.julialang.org"
    monkeypatch.setenv("JULIA_PKG_SERVER", "")
    assert network.package_server() == "https://github.com"


def test_errors_are_of_our_family() -> None:
    from fluxbridge.errors import FluxbridgeError
    from fluxbridge.julia.setup.failures import problem

    error = problem("half set")
    assert isinstance(error, JuliaNotAvailable) and isinstance(error, FluxbridgeError)
