"""What tests/conftest.py adds to pytest, in runs of their own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

TESTS = """
import signal
import pytest

@pytest.mark.parametrize("k", range(3))
@pytest.mark.julia
def test_of_julia(k): raise AssertionError("there is no Julia here")

@pytest.mark.parametrize("k", range(2))
def test_of_a_library(k): pytest.skip("nosuchthing is not installed")

def test_an_interrupt_is_heard():
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)
"""


def run(folder: Path, **options) -> str:
    """The output of pytest on the tests above, with our conftest and no Julia."""
    (folder / "conftest.py").write_text((ROOT / "tests" / "conftest.py").read_text(encoding="utf-8"))
    (folder / "test_some.py").write_text(TESTS)
    (folder / "pytest.ini").write_text("[pytest]\nmarkers =\n  julia: x\n  once: x\n")
    environment = {k: v for k, v in os.environ.items() if "JULIA" not in k}
    environment |= {"PYTHONPATH": str(ROOT), "PYTHON_JULIACALL_EXE": str(folder / "nosuchfile")}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(folder)],
        capture_output=True, text=True, timeout=120, cwd=folder, env=environment, **options,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_summary_says_once_why_tests_were_skipped(tmp_path):
    out = run(tmp_path)
    lines = [line for line in out.splitlines() if " skipped: " in line]
    assert len(lines) == 2, out
    assert lines[0].startswith("3 skipped: no Julia: ") and "nosuchfile" in lines[0]
    assert lines[1] == "2 skipped: nosuchthing is not installed"


@pytest.mark.skipif(sys.platform == "win32", reason="signals are ignored in another way on Windows")
def test_interrupts_are_heard_where_the_shell_ignores_them(tmp_path):
    """As in ``nohup pytest &``."""
    out = run(tmp_path, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN))
    assert "1 passed" in out
