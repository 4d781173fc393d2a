"""The files of a project: versions agree, the workflows and forms are what they say."""

from __future__ import annotations

import importlib.util
import re
import shutil
import sys
from pathlib import Path

import pytest

import fluxbridge

ROOT = Path(__file__).parents[1]


@pytest.fixture
def release():
    spec = importlib.util.spec_from_file_location("release", ROOT / "tools" / "release.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_all_files_name_one_version(release):
    found = release.differences(fluxbridge.__version__)
    assert [line for line in found if not line.startswith("CHANGELOG.md")] == []  # it is named at a release


def test_another_version_is_noticed(release, tmp_path, capsys):
    for name in release.PLACES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    text = (tmp_path / "CHANGELOG.md").read_text("utf-8")
    (tmp_path / "CHANGELOG.md").write_text(
        text.replace("## [Unreleased]", "## [Unreleased]\n\n## [0.9.0] - 2030-01-31", 1), "utf-8"
    )
    project = tmp_path / "julia" / "Project.toml"
    project.write_text(project.read_text("utf-8").replace(fluxbridge.__version__, "0.8.0"), "utf-8")
    found = release.differences("0.9.0", tmp_path)
    assert [line.partition(" ")[0] for line in found] == [
        "fluxbridge/__init__.py",
        "julia/Project.toml",
        "CITATION.cff",
    ]
    assert "julia/Project.toml says 0.8.0, not 0.9.0" in found
    assert release.main([]) == 2 and "VERSION" in capsys.readouterr().err


def test_the_workflow_tests_what_the_package_supports():
    workflow = (ROOT / ".github" / "workflows" / "test.yml").read_text("utf-8")
    project = (ROOT / "pyproject.toml").read_text("utf-8")
    versions = set(re.findall(r"Programming Language :: Python :: (3\.\d+)", project))
    tested = re.search(r"python: \[(.*)\]", workflow)
    assert tested is not None and set(re.findall(r"3\.\d+", tested[1])) == versions
    oldest = re.search(r'"numpy>=([\d.]+)"', project)
    assert oldest is not None and f'numpy: "{oldest[1]}.*"' in workflow
    here = ".".join(map(str, sys.version_info[:2]))
    assert here in versions


def test_make_knows_its_targets():
    text = (ROOT / "Makefile").read_text("utf-8")
    named = re.search(r"^\.PHONY: (.*)$", text, re.M)
    assert named is not None
    for target in named[1].split():
        assert re.search(rf"^(.* )?{target}( .*)?:", text, re.M), target
