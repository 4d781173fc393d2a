"""Every notebook runs from the first cell to the last, and its kept outputs are what comes out."""

from __future__ import annotations

import copy
import os
import warnings
from pathlib import Path
from typing import Any

import pytest

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))

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
