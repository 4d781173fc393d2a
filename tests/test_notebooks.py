"""Every notebook runs from the first cell to the last, and its kept outputs are what comes out."""

from __future__ import annotations

import copy
import json
import os
import re
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))

#: Tags of cells whose output differs: it depends on whether there is a Julia, or on how fast the machine is.
ONLY_RUN = {"julia", "times"}


@pytest.fixture
def jupyter(monkeypatch, tmp_path):
    """nbformat and nbclient, with the kernel of this very environment and no settings of the user."""
    for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"):
        (tmp_path / name).mkdir()
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.setenv("JUPYTER_PREFER_ENV_PATH", "1")
    monkeypatch.setenv("PYDEVD_DISABLE_FILE_VALIDATION", "1")
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "1")  # for small products more threads only wait
    root = str(Path(__file__).parents[1])
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")])))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        nbclient = pytest.importorskip("nbclient")
        nbformat = pytest.importorskip("nbformat")
        pytest.importorskip("ipykernel")
        yield nbformat, nbclient


def texts(cell: Any) -> list[str]:
    """The outputs of a cell as text; pieces of one stream, which arrive as they like, are joined."""
    parts: list[str] = []
    streams: dict[str, int] = {}
    for output in cell.get("outputs", []):
        if output.output_type == "stream":
            at = streams.setdefault(output.name, len(parts))
            if at == len(parts):
                parts.append(f"{output.name}: ")
            parts[at] += output.text
        elif output.output_type == "error":
            parts.append(f"error: {output.ename}: {output.evalue}")
        else:
            parts.append(output.data.get("text/plain", ""))
    return parts


@pytest.mark.filterwarnings("ignore")  # those of Jupyter itself; the notebooks' own show in their outputs
@pytest.mark.parametrize("path", NOTEBOOKS, ids=[p.stem for p in NOTEBOOKS])
def test_notebook(path, jupyter):
    nbformat, nbclient = jupyter
    kept = nbformat.read(path, as_version=4)
    fresh = copy.deepcopy(kept)
    nbclient.NotebookClient(
        fresh, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(path.parent)}}
    ).execute()
    for number, (old, new) in enumerate(zip(kept.cells, fresh.cells, strict=True)):
        if new.cell_type != "code":
            continue
        where = f"{path.name}, cell {number}"
        assert not any(text.startswith(("stderr: ", "error: ")) for text in texts(new)), (where, texts(new))
        assert old.outputs or not new.outputs, f"{where}: the outputs are not kept in the file"
        if ONLY_RUN.isdisjoint(new.metadata.get("tags", [])):
            assert texts(new) == texts(old), where


def test_there_are_notebooks_and_the_course_lists_them():
    assert NOTEBOOKS
    course = (NOTEBOOKS[0].parent / "README.md").read_text(encoding="utf-8")
    for path in NOTEBOOKS:
        assert f"({path.name})" in course, f"{path.name} is missing in notebooks/README.md"


def test_the_course_is_in_order():
    """Numbers, links, what to know before, and folded checks: see tools/course.py."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "course.py"), "--check"], capture_output=True, text=True
    )
    assert done.returncode == 0, f"run python tools/course.py for\n{done.stdout}{done.stderr}"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=[p.stem for p in NOTEBOOKS])
def test_every_chapter_has_exercises_with_folded_solutions(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    tasks = [c for c in cells if re.match(r"\*\*\d\.\*\* ", "".join(c["source"]))]
    solutions = [c for c in cells if "solution" in c["metadata"].get("tags", [])]
    assert 2 <= len(tasks) == len(solutions) <= 5
    for cell in solutions:
        assert cell["metadata"]["jupyter"] == {"source_hidden": True, "outputs_hidden": True}
        assert cell["outputs"] and "assert " in "".join(cell["source"])


def test_the_site_has_all_chapters_in_their_order():
    listed = re.findall(
        r"^\.\./notebooks/(\w+)$", (ROOT / "docs" / "index.md").read_text(encoding="utf-8"), re.M
    )
    course = (ROOT / "notebooks" / "README.md").read_text(encoding="utf-8")
    assert listed == re.findall(r"^\| \d+ \| \[[^]]*\]\((\w+)\.ipynb\)", course, re.M)
