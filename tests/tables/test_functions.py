"""The coverage table: every NumPy function is told apart, and docs/functions.md says the same."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from fluxbridge.cli import main
from fluxbridge.tables import functions as coverage

PAGE = Path(__file__).parents[2] / "docs" / "functions.md"


@pytest.fixture(scope="module")
def tables():
    return dict(coverage.tables())


def test_known_functions_are_told_apart(tables):
    how = {row.name: row.how for row in tables["numpy"]}
    assert how["np.tanh"] == how["np.sum"] == "rule"
    assert how["np.average"] == "composition"
    assert how["np.argmax"] == "constant"
    assert how["np.putmask"] == "refused"


def test_everything_in_linalg_and_fft_is_answered(tables):
    for name in ("numpy.linalg", "numpy.fft"):
        assert [row.name for row in tables[name] if row.how == "no rule"] == []


@pytest.mark.skipif(np.__version__ < "2", reason="NumPy 1 had deprecated functions")
def test_only_bits_and_files_have_no_rule(tables):
    odd = [row.name for row in tables["numpy"] if row.how == "no rule"]
    assert all(re.search(r"bits|save|datetime|busday", name) for name in odd), odd


def test_another_name_of_a_function_is_an_alias(tables):
    row = next(row for row in tables["numpy"] if row.name == "np.absolute")
    assert row.aliases == ("np.abs",)


def test_the_page_in_the_docs_is_up_to_date():
    page, fresh = PAGE.read_text(encoding="utf-8"), coverage.markdown()
    release = re.compile(r"with NumPy (\d+\.\d+)")
    if release.findall(page) == release.findall(fresh) and "## scipy.stats" in fresh:
        page, fresh = (re.sub(r"with NumPy \S+;", "with NumPy;", text) for text in (page, fresh))
        assert fresh == page, "docs/functions.md is old: fluxbridge functions > docs/functions.md"
    else:  # other releases have other functions and aliases
        first = re.compile(r"^\| `([\w.]+)`.*\| ([\w ]+) \| (.*) \| (?:yes)? \|$", re.M)
        known = {name: where for name, _, where in first.findall(page)}
        for name, _, where in first.findall(fresh):
            assert known.get(name, where) == where, name


def test_the_command_prints_the_page(capsys):
    assert main(["functions"]) == 0
    assert capsys.readouterr().out == coverage.markdown()


def test_a_page_without_scipy(monkeypatch):
    def missing(name):
        raise ImportError(name)

    monkeypatch.setattr(coverage.importlib, "import_module", missing)
    assert [title for title, _ in coverage.tables()] == ["numpy", "numpy.linalg", "numpy.fft"]


def test_some_names_only():
    (row,) = coverage.rows("np", np, ["tanh", "ndarray", "newaxis", "_private"])
    assert str(row) == "| `np.tanh` | rule | transcendental | yes |"
