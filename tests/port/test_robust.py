"""Malformed, truncated, large, binary and empty files: a result or our own sentence, and no other file."""

from __future__ import annotations

import json
import random
import time

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from portrunning import PROGRAMS

from fluxbridge import cli
from fluxbridge.errors import ArgumentError
from fluxbridge.port import port
from fluxbridge.port.command import port_document
from fluxbridge.port.formats import read_text

SOURCES = sorted(p for p in PROGRAMS.iterdir() if p.suffix in (".jl", ".md"))


@pytest.mark.parametrize(
    "name",
    ["xor_network.jl", "pluto_slider_with_bind.jl", "literate_taylor_series.jl", "doctest_array_indexing.md"],
)
def test_truncated_anywhere(name):
    source = PROGRAMS / name
    text = source.read_text(encoding="utf-8")
    for cut in random.Random(1).sample(range(len(text)), 12):
        report = port_document(read_text(text[:cut], source.suffix), ".ipynb")
        nbformat.validate(nbformat.reads(report.text, 4))


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(SOURCES), st.data())
def test_mangled(source, data):
    text = source.read_text(encoding="utf-8")[:1500]
    at = data.draw(st.integers(0, len(text)))
    junk = data.draw(st.text(max_size=4).filter(lambda t: "\0" not in t))
    drop = data.draw(st.integers(0, 5))
    report = port_document(read_text(text[:at] + junk + text[at + drop :], source.suffix), ".py")
    compile(report.text, "made.py", "exec", dont_inherit=True)


HARDLY = [
    "(" * 5000, "[" * 3000 + "]" * 3000, "x = " + "-" * 3000 + "1", "begin\n" * 500, '"' * 7, "\ufeff\n", "'",
    "x" * 100_000, "#= never closed", "f(x) = 1;" * 500, "=", "end", "```julia\n",
]  # fmt: skip


@pytest.mark.parametrize("text", HARDLY, ids=range(len(HARDLY)))
@pytest.mark.parametrize("suffix", [".jl", ".md"])
def test_what_is_hardly_julia(text, suffix):
    report = port_document(read_text(text, suffix), ".py")
    compile(report.text, "made.py", "exec", dont_inherit=True)


@pytest.mark.parametrize("suffix", [".jl", ".md"])
@pytest.mark.parametrize("out", [".ipynb", ".py", ".md"])
def test_an_empty_file_is_an_empty_result(tmp_path, suffix, out):
    source, made = tmp_path / f"a{suffix}", tmp_path / f"b{out}"
    source.write_text("")
    report = port(source, made, check=True)
    assert report.complete and report.cells == [] and made.exists()


CASES = {
    "none.jl": (None, "there is no file"),
    "binary.jl": (b"\xff\xfe\x00\x01" * 100, "is no text in UTF-8"),
    "zero.jl": (b"x = 1\0", "this is no text"),
    "bad.ipynb": (b"{", "this is no notebook of Jupyter"),
    "list.ipynb": (b"[1, 2]", "this is no notebook of Jupyter"),
    "odd.ipynb": (json.dumps({"cells": [3, {"source": 5}, None]}).encode(), "this is no notebook of Jupyter"),
    "cells.ipynb": (b'{"cells": 3}', "this is no notebook of Jupyter"),
    "folder.jl": ("folder", "is a folder"),
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_no_document_is_said_in_our_words(tmp_path, capsys, name):
    content, text = CASES[name]
    path = tmp_path / name
    if content == "folder":
        path.mkdir()
    elif content is not None:
        path.write_bytes(content)
    out = tmp_path / "out.ipynb"
    assert cli.main(["port", str(path), "-o", str(out), "--check"]) == 2
    said = " ".join(capsys.readouterr().err.split())  # lines have 80 columns
    assert said.startswith("fluxbridge: ") and text in said and "Errno" not in said
    assert not out.exists()
    with pytest.raises(ArgumentError, match=text):
        port(path)


def test_an_output_that_cannot_be_written(tmp_path, capsys):
    source = tmp_path / "a.jl"
    source.write_text("x = 1")
    assert cli.main(["port", str(source), "-o", str(tmp_path / "no" / "b.py")]) == 2
    assert "cannot be written: No such file or directory" in " ".join(capsys.readouterr().err.split())
    assert cli.main(["port", str(source), "-o", str(tmp_path / "b.exe")]) == 2
    assert ".ipynb, .py or .md" in " ".join(capsys.readouterr().err.split())
    assert [p.name for p in tmp_path.iterdir()] == ["a.jl"]


def test_nothing_but_the_output_is_written(tmp_path, monkeypatch):
    """Also by a tutorial that writes files where it runs."""
    monkeypatch.chdir(tmp_path)
    source = tmp_path / "a.jl"
    source.write_text('open("data.txt", "w") do io\n  println(io, 1)\nend\nx = 1\n')
    port(source, tmp_path / "b.ipynb", check=True)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.jl", "b.ipynb"]


def test_files_that_the_tutorial_names_are_there(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.txt").write_text("3\n4\n")
    source = tmp_path / "a.jl"
    source.write_text(
        'n = length(readlines("data/a.txt"))\nopen("data/a.txt", "w") do io\n  println(io, n)\nend\n'
    )
    report = port(source, tmp_path / "b.py", run=True)
    assert [c.run for c in report.cells] == ["ran"], report
    assert (tmp_path / "data" / "a.txt").read_text() == "3\n4\n"


def test_the_result_is_deterministic(tmp_path):
    source = PROGRAMS / "optimisers_race.jl"
    texts = {port(source, tmp_path / "a.ipynb", run=True).text for _ in range(2)}
    assert len(texts) == 1


def paragraphs(number: int) -> str:
    f = "# step {i}\nfunction f{i}(x, y)\n  s = 0.0\n  for k in 1:3\n    s += x[k] * y\n  end\n  s\nend\n\n"
    call = "b{i} = f{i}([1.0, 2.0, 3.0], 2.0) + {i}\n\n"
    return "".join((f + call).format(i=i) for i in range(number))


def test_time_grows_with_the_length_and_not_faster():
    def seconds(number: int) -> float:
        start = time.process_time()
        report = port_document(read_text(paragraphs(number)), ".ipynb")
        assert report.translated == 2 * number
        return time.process_time() - start

    seconds(10)
    assert seconds(400) < 12 * min(seconds(50) for _ in range(2)) + 0.5
