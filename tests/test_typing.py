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
#: The same for pyright, which cannot be told to take None for anything, and in which a name has one type.
NOT_SAID_TO_PYRIGHT = (
    '| None"', "declared type", "No overloads for", 'parameters "b", "x"', 'parameter "chunks"', '"imag"',
)  # fmt: skip
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
import fluxbridge.scipy
from fluxbridge import flux, gradient, withgradient
from fluxbridge.flux import Adam, Dense
slope: str = gradient(lambda x: x**2, 3.0)[0]
second = gradient(lambda x: x**2, 3.0)[1]
Adam(0.1, rate=3)
withgradient(lambda x: x**2, 3.0).value
Dense()
flux.Linear
fluxbridge.grad
fluxbridge.scipy.optimize
layer: str = Dense((1, 2))
"""


def write_pages(folder: Path) -> None:
    """The examples of every page as a file of its own."""
    for page in PAGES:
        blocks = doctest.DocTestParser().get_examples(examples(page))
        lines = "".join(e.source for e in blocks).splitlines()
        kept = "\n".join(f"{s}  # type: ignore" if any(text in s for text in EXCEPT) else s for s in lines)
        (folder / ("_".join(page.relative_to(ROOT).with_suffix("").parts) + ".py")).write_text(kept, "utf-8")


@pytest.fixture(scope="module")
def errors(tmp_path_factory):
    """What mypy says about each file: the pages, the user's code, and mistakes."""
    api = pytest.importorskip("mypy.api", reason="mypy is not installed")
    folder = tmp_path_factory.mktemp("typing")
    write_pages(folder)
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
    assert [error.split(":")[1] for error in errors["wrong"]] == [str(k) for k in range(5, 14)]


def test_the_code_of_the_user_runs():
    runpy.run_path(str(USER))


def pyright(folder: Path, settings: dict) -> list[str]:
    """The errors that pyright finds in a folder. It brings a program of its own, which needs a network."""
    pytest.importorskip("pyright", reason="pyright is not installed")
    settings = {"extraPaths": [str(ROOT)], **settings}
    (folder / "pyrightconfig.json").write_text(json.dumps(settings), "utf-8")
    command = [sys.executable, "-m", "pyright", "--project", str(folder), "--outputjson"]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8")
    try:
        found = json.loads(done.stdout)["generalDiagnostics"]
    except ValueError:
        pytest.skip(textwrap.shorten(f"pyright does not start here: {done.stderr}", 200))
    lines = [
        f"{Path(d['file']).stem}:{d['range']['start']['line'] + 1}: {d['message']}"
        for d in found
        if d["severity"] == "error"
    ]
    return sorted(lines)


def test_pyright_of_a_user_in_strict_mode(tmp_path):
    """It wants a type of every parameter, which a lambda cannot give: that is the one exception."""
    rules = ("reportUnknownLambdaType", "reportUnknownArgumentType", "reportUnknownVariableType")
    (tmp_path / "user.py").write_text(USER.read_text("utf-8"), "utf-8")
    assert pyright(tmp_path, {"typeCheckingMode": "strict", **dict.fromkeys(rules, False)}) == []


def test_pyright_of_the_pages(tmp_path):
    """As pages are read: a gradient that may be None is used without a question, names are used again."""
    write_pages(tmp_path)
    rules = ("reportOptionalOperand", "reportOptionalSubscript", "reportOptionalMemberAccess",
        "reportOptionalIterable", "reportOptionalCall", "reportRedeclaration", "reportUnusedExpression",
        "reportMissingImports", "reportMissingModuleSource")  # fmt: skip
    found = pyright(tmp_path, {"typeCheckingMode": "basic", **dict.fromkeys(rules, False)})
    assert [error for error in found if not any(text in error for text in NOT_SAID_TO_PYRIGHT)] == []


def test_pyright_finds_mistakes(tmp_path):
    (tmp_path / "wrong.py").write_text(WRONG, "utf-8")
    found = pyright(tmp_path, {"typeCheckingMode": "basic"})
    assert {int(error.split(":")[1]) for error in found} == set(range(5, 14))
