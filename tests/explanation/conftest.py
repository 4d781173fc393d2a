"""Every LaTeX text that the tests of this folder make is set by a real TeX, where there is one."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fluxbridge.explanation.formula import Formula
from fluxbridge.explanation.views import latex as mathematics

HEAD = r"""\documentclass{article}
\usepackage{amsmath}
\begin{document}
"""


@pytest.fixture(scope="session", autouse=True)
def set_by_tex(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Collects the texts, and sets them all at the end; what TeX complains about is an error then."""
    texts: dict[str, None] = {}

    def noting(make: Any, form: str) -> Any:
        def made(*args: Any) -> str:
            text = make(*args)
            texts[form.format(text)] = None
            return text

        return made

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mathematics, "latex", noting(mathematics.latex, "{}"))
        patch.setattr(Formula, "latex", noting(Formula.latex, "${}$"))
        yield
    if texts and shutil.which("pdflatex"):
        _set(list(texts), tmp_path_factory.mktemp("tex"))


def _set(texts: list[str], folder: Path) -> None:
    folder.joinpath("all.tex").write_text(HEAD + "\n\n".join(texts) + "\n\\end{document}\n")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-file-line-error", "all.tex"]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, errors="replace", check=False)
    assert run.returncode == 0, run.stdout[-2000:]
