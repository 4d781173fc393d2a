"""The tool that counts what becomes of the blocks of a checkout."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

FILE = Path(__file__).parents[2] / "tools" / "blocks.py"
PAGE = """
```jldoctest
julia> sum([1 2; 3 4], dims=1)
1×2 Matrix{Int64}:
 4  6

julia> ans .+ 1
1×2 Matrix{Int64}:
 5  7

julia> rand(2)
2-element Vector{Float64}:
 0.5
 0.25

julia> 1 + 1
3

julia> nobody(2)
4
```

```julia
using CUDA
x = cu([1, 2])
```
"""


@pytest.fixture
def blocks(monkeypatch):
    spec = importlib.util.spec_from_file_location("blocks", FILE)
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "blocks", module)
    spec.loader.exec_module(module)
    return module


def test_blocks_are_counted_by_what_becomes_of_them(blocks, tmp_path):
    (tmp_path / "src").mkdir()
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "page.md").write_text(PAGE, encoding="utf-8")
    (tmp_path / "src" / "a.jl").write_text('"""\n```julia\n1 + 1\n```\n"""\nf(x) = x\n', encoding="utf-8")
    found = blocks.survey(tmp_path, 1)
    assert [(b.state, b.check, b.random, b.fragment, b.outside) for b in found] == [
        ("translated", "agrees", False, False, ""),
        ("translated", "agrees", False, False, ""),
        ("translated", found[2].check, True, False, ""),
        ("translated", found[3].check, False, False, ""),
        ("translated", found[4].check, False, True, ""),
        ("refused", "", False, False, "graphics cards"),
        ("translated", "", False, False, ""),
    ]
    assert found[3].check != "agrees", "1 + 1 is not 3"
    table = blocks.row("a", found).split(" | ")
    assert table[1:5] == ["7", "1", "6", "6 (100.0 %)"] and table[-1].startswith("2 (66.7 %)")


def test_a_script_is_cut_at_blank_lines(blocks):
    assert blocks.paragraphs("a = 1\nb = 2\n\nf(x) = begin\n    x\n\n    2x\nend\n\n# c\nc = 3") == [
        "a = 1\nb = 2",
        "\n\nf(x) = begin\n    x\n\n    2x\nend",
        "\n\n# c\nc = 3",
    ]
