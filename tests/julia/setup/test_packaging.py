"""juliapkg finds what we ask of Julia, and FluxBridge is found: in a wheel, editable, and in a checkout."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from juliafakes import ROOT, World

import fluxbridge
from fluxbridge.julia.setup import places, settings

FOUND = """
import fluxbridge, os
from juliapkg.deps import deps_files, find_requirements
from fluxbridge.julia.setup import places
answer = {
    "package": os.path.dirname(fluxbridge.__file__),
    "files": deps_files(),
    "wanted": sorted(package.name for package in find_requirements()[1]),
    "folder": str(places.fluxbridge_folder()),
}
"""


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World(tmp_path)
    others = [path for path in sys.path if path and not (Path(path) / "fluxbridge").exists()]
    return world.set(PYTHONPATH=os.pathsep.join(others))


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what a build needs, so that nothing is left in the checkout."""
    if not (Path(ROOT) / "pyproject.toml").exists():
        pytest.skip("this is not a checkout")
    pytest.importorskip("hatchling")
    folder = tmp_path_factory.mktemp("source")
    for name in ("pyproject.toml", "LICENSE", "pytest_fluxbridge.py"):
        shutil.copy(Path(ROOT) / name, folder)
    (folder / "README.md").write_text("# fluxbridge\n")
    for name in ("fluxbridge", "julia"):
        shutil.copytree(Path(ROOT) / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def _install(source: Path, kind: str, site: Path) -> None:
    """Build a wheel without a network or an environment of its own, and unpack it."""
    code = f"from hatchling.build import build_{kind} as build; print(build({str(site.parent)!r}))"
    done = subprocess.run([sys.executable, "-c", code], cwd=source, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(site.parent / done.stdout.split()[-1]) as wheel:
        wheel.extractall(site)


def _found(world: World, folder: Path) -> dict[str, Any]:
    """What a Python sees that has `folder` as a site-packages; our juliapkg.json must be among it."""
    # in front of what this environment has: an editable install of the checkout, say
    first = (
        f"import site, sys; before = list(sys.path); site.addsitedir({str(folder)!r}); "
        "sys.path.sort(key=lambda path: path in before)\n"
    )
    answer = world.run(first + FOUND)
    ours = os.path.normcase(os.path.join(answer["package"], "juliapkg.json"))
    assert ours in answer["files"]
    assert {"Flux", "Zygote", "ChainRulesCore", "PythonCall"} <= set(answer["wanted"])
    assert (Path(answer["folder"]) / "src" / "FluxBridge.jl").exists()
    return answer


def test_checkout(world: World) -> None:
    answer = _found(world, Path(ROOT))
    assert Path(answer["package"]) == Path(ROOT) / "fluxbridge"


def test_wheel(world: World, source: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    _install(source, "wheel", site)
    answer = _found(world, site)
    assert Path(answer["package"]) == site / "fluxbridge"
    assert Path(answer["folder"]) == site / "fluxbridge" / "julia" / "FluxBridge"
    assert not list(site.rglob("Manifest.toml"))


def test_editable(world: World, source: Path, tmp_path: Path) -> None:
    pytest.importorskip("editables")
    site = tmp_path / "site"
    _install(source, "editable", site)
    answer = _found(world, site)
    assert Path(answer["package"]) == source / "fluxbridge"
    assert Path(answer["folder"]) == source / "julia"


def test_the_requirements_are_those_of_fluxbridge_in_julia() -> None:
    """juliapkg.json and the Project.toml of FluxBridge ask for the same, with real UUIDs."""
    wanted = json.loads((Path(fluxbridge.__file__).parent / "juliapkg.json").read_text())
    assert set(wanted["packages"]) == set(settings.PACKAGES) == set(places.requirements())
    folder = places.fluxbridge_folder()
    assert folder is not None
    project = (folder / "Project.toml").read_text()
    compat = dict(
        re.findall(r'^(\w+) = "([^"]*)"', project.split("[compat]")[1].split("\n[")[0], re.MULTILINE)
    )
    assert wanted["julia"] == compat["julia"]
    for name, entry in wanted["packages"].items():
        assert f'{name} = "{entry["uuid"]}"' in project
        assert entry["version"] == compat[name]
