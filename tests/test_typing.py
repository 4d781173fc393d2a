"""Type checkers accept what the README and docs/ show, and know what gradient returns."""

from __future__ import annotations

import doctest
import json
import runpy
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from test_docs import PAGES, ROOT, examples

USER = Path(__file__).with_name("typed_user.py")
#: Lines of pages that are there to show what is refused, or that Python's types cannot say.
EXCEPT = ("lambda x, y: float(", 'return {}["a"] * x', "np.float32([[", "loss(e, d, x), encoder, decoder")
#: Pages are read by people: a gradient that may be None is used without a question, and names are used again.
#: The code of the user is checked with all that ``--strict`` means.
SETTINGS = """
[mypy]
ignore_missing_imports = True
follow_imports = silent
check_untyped_defs = True
strict_optional = False
allow_redefinition = True
disable_error_code = no-redef, func-returns-value
[mypy-user]
strict_optional = True
allow_redefinition = False
disallow_untyped_calls = True
disallow_untyped_defs = True
disallow_incomplete_defs = True
disallow_untyped_decorators = True
disallow_any_generics = True
disallow_subclassing_any = True
warn_return_any = True
warn_unused_ignores = True
implicit_reexport = False
strict_equality = True
extra_checks = True
"""
WRONG = """
from fluxbridge import gradient, withgradient
from fluxbridge.flux import Adam, Dense
slope: str = gradient(lambda x: x**2, 3.0)[0]
second = gradient(lambda x: x**2, 3.0)[1]
Adam(0.1, rate=3)
withgradient(lambda x: x**2, 3.0).value
Dense()
"""


@pytest.fixture(scope="module")
def errors(tmp_path_factory):
    """What mypy says about each file: the pages, the user's code, and mistakes."""
    api = pytest.importorskip("mypy.api", reason="mypy is not installed")
    folder = tmp_path_factory.mktemp("typing")
    for page in PAGES:
        blocks = doctest.DocTestParser().get_examples(examples(page))
        lines = "".join(e.source for e in blocks).splitlines()
        kept = "\n".join(f"{s}  # type: ignore" if any(text in s for text in EXCEPT) else s for s in lines)
        (folder / ("_".join(page.relative_to(ROOT).with_suffix("").parts) + ".py")).write_text(kept, "utf-8")
    (folder / "user.py").write_text(USER.read_text("utf-8"), "utf-8")
    (folder / "wrong.py").write_text(WRONG, "utf-8")
    (folder / "settings.ini").write_text(SETTINGS, "utf-8")
    command = [
        "--config-file",
        str(folder / "settings.ini"),
        "--cache-dir",
        str(ROOT / ".mypy_cache" / "tests"),
    ]
    out, failed, _ = api.run([*command, *map(str, sorted(folder.glob("*.py")))])
    assert not failed, failed
    found: dict[str, list[str]] = {}
    for line in out.splitlines():
        if ": error:" in line:
            found.setdefault(Path(line.partition(":")[0]).stem, []).append(line)
    return found


def test_the_pages(errors):
    assert [line for file, lines in errors.items() if file not in ("user", "wrong") for line in lines] == []


def test_code_of_a_user_in_strict_mode(errors):
    assert errors.get("user", []) == []


def test_mistakes_are_found(errors):
    assert [error.split(":")[1] for error in errors["wrong"]] == ["4", "5", "6", "7", "8"]


def test_the_code_of_the_user_runs():
    runpy.run_path(str(USER))


def test_pyright(tmp_path):
    """Where pyright is installed; it brings a program of its own, which needs a network once.

    Its strict mode wants a type of every parameter, which a lambda cannot give: that is the one exception.
    """
    pytest.importorskip("pyright", reason="pyright is not installed")
    rules = ("reportUnknownLambdaType", "reportUnknownArgumentType", "reportUnknownVariableType")
    settings = {"typeCheckingMode": "strict", "extraPaths": [str(ROOT)], **dict.fromkeys(rules, False)}
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(settings))
    (tmp_path / "user.py").write_text(USER.read_text("utf-8"), "utf-8")
    command = [sys.executable, "-m", "pyright", "--project", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True)
    if "0 errors" not in done.stdout and " - error:" not in done.stdout:
        pytest.skip(textwrap.shorten(f"pyright does not start here: {done.stderr}", 200))
    assert done.returncode == 0, done.stdout
