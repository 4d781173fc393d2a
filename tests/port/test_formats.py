"""Reading the forms of tutorials, and writing notebooks, scripts and pages."""

from __future__ import annotations

import json

import nbformat
import pytest

from fluxbridge.port.formats import Cell, read, read_text, write_text

PLUTO = """### A Pluto.jl notebook ###
# v0.19.42

using Markdown
using InteractiveUtils

# ╔═╡ aaaaaaaa-0000-0000-0000-000000000001
md\"\"\"
# Title
\"\"\"

# ╔═╡ aaaaaaaa-0000-0000-0000-000000000002
x = 1

# ╔═╡ aaaaaaaa-0000-0000-0000-000000000003
y = x + 1

# ╔═╡ 00000000-0000-0000-0000-000000000001
PLUTO_PROJECT_TOML_CONTENTS = \"\"\"
[deps]
\"\"\"

# ╔═╡ Cell order:
# ╟─aaaaaaaa-0000-0000-0000-000000000001
# ╟─aaaaaaaa-0000-0000-0000-000000000003
# ╠═aaaaaaaa-0000-0000-0000-000000000002
"""


def kinds(document):
    return [(c.kind, c.text) for c in document.cells]


def test_a_script_has_a_cell_for_each_paragraph():
    text = "x = 1\ny = 2\n\n# a comment\n\n# about f\nfunction f(x)\n\n  x\nend\n\n\nf(x)\n"
    document = read_text(text)
    assert document.form == "script"
    assert [(c.text, c.line) for c in document.cells] == [
        ("x = 1\ny = 2", 1),
        ("# a comment\n\n# about f\nfunction f(x)\n\n  x\nend", 4),
        ("f(x)", 13),
    ]
    assert kinds(read_text("x = (1\n\ny = 2")) == [("code", "x = (1\n\ny = 2")]
    assert kinds(read_text("")) == [] and kinds(read_text("# only this\n")) == [("code", "# only this")]


def test_pluto_cells_in_the_order_of_the_file():
    document = read_text(PLUTO)
    assert document.form == "pluto"
    assert kinds(document)[1:] == [("prose", "# Title"), ("code", "x = 1"), ("code", "y = x + 1")]
    assert [c.hidden for c in document.cells] == [True, False, False, True]


def test_literate_prose_code_and_directives():
    text = "# # Title\n#\n# Some *text*.\n\nx = 1 #hide\n#-\ny = 2\n#md # Only in Markdown.\n#src secret = 1\n# The end.\n"  # noqa: E501
    document = read_text(text)
    assert document.form == "literate"
    assert kinds(document) == [
        ("prose", "# Title\n\nSome *text*."),
        ("code", "x = 1"),
        ("code", "y = 2"),
        ("prose", "Only in Markdown.\nThe end."),
    ]


def test_markdown_blocks_prompts_and_answers():
    text = (
        "# T\n\n```jldoctest\njulia> f(x) =\n           x + 1\nf (generic function with 1 method)\n\njulia> f(1)\n2\n\n"  # noqa: E501
        'julia> f("a")\nERROR: MethodError\n```\n\n```\nplain\n```\n\n```@example a\nz = 3 # hide\n```\n\n'
        "```jldoctest\nw = 4\nprintln(w)\n\n# output\n\n4\n```\n"
    )
    document = read_text(text, ".md")
    code = [c for c in document.cells if c.kind == "code"]
    assert [c.text for c in code] == ["f(x) =\n    x + 1", "f(1)", 'f("a")', "z = 3", "w = 4\nprintln(w)"]
    assert [c.answers for c in code] == [
        ["f (generic function with 1 method)"],
        ["2"],
        ["ERROR: MethodError"],
        [],
        ["4"],
    ]
    assert [c.fails for c in code] == [False, False, True, False, False]
    assert any("plain" in c.text for c in document.cells if c.kind == "prose")
    assert document.soft


def test_notebooks_of_jupyter():
    data = {
        "cells": [
            {"cell_type": "markdown", "source": ["# A\n", "b"]},
            {"cell_type": "code", "source": "x = 1"},
        ]
    }
    assert kinds(read_text(json.dumps(data), ".ipynb")) == [("prose", "# A\nb"), ("code", "x = 1")]


@pytest.mark.parametrize("text, suffix", [("no json", ".ipynb"), ("{}", ".ipynb"), ("a\0b", ".jl")])
def test_what_is_no_document_is_an_error(text, suffix):
    with pytest.raises(ValueError, match=r"no notebook|no text"):
        read_text(text, suffix)


def test_a_binary_file_is_an_error(tmp_path):
    path = tmp_path / "a.jl"
    path.write_bytes(b"\xff\xfe\x00\x01")
    with pytest.raises(ValueError, match=r"a\.jl is no text"):
        read(path)


CELLS = [Cell("prose", "Math ``x^2``.\n\n!!! tip\n    Do this."), Cell("code", "x = 1")]


def test_a_notebook_is_valid_and_deterministic():
    text = write_text(CELLS, ".ipynb", [None, "x = 1"])
    assert text == write_text(CELLS, ".ipynb", [None, "x = 1"])
    notebook = nbformat.reads(text, 4)
    nbformat.validate(notebook)
    assert [c.cell_type for c in notebook.cells] == ["markdown", "code", "markdown"]
    assert "$x^2$" in notebook.cells[0].source and "> **Tip**\n> Do this." in notebook.cells[0].source
    assert "```julia\nx = 1\n```" in notebook.cells[2].source


def test_scripts_and_pages():
    assert write_text(CELLS, ".py").endswith("# %%\nx = 1\n")
    assert write_text(CELLS, ".py").startswith("# %% [markdown]\n# Math $x^2$.\n")
    assert "```python\nx = 1\n```" in write_text(CELLS, ".md")
    assert write_text(CELLS, ".txt") == "x = 1\n"
