"""The views: text to the letter, colours, HTML that is well formed, TeX, graphs, the command."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from itertools import pairwise
from xml.etree import ElementTree

import numpy as np
import pytest

from fluxbridge import cli
from fluxbridge.explanation import explain
from fluxbridge.explanation.views.text import width
from fluxbridge.recording.shorten import short

needs_positions = pytest.mark.skipif(sys.version_info < (3, 11), reason="expressions since Python 3.11")


def product(x, y):
    return x * y + np.sin(x)


def layer(W, b, x):
    h = np.tanh(W @ x + b)
    return np.mean(h**2)


def lines(explanation):
    """The text, with lines counted from the function's first."""
    first = product.__code__.co_firstlineno if explanation.function == "product" else 0
    text = str(explanation)
    for n in range(10):
        text = text.replace(f"line {first + n}", f"line {n}")
    return text


PRODUCT = """\
product(x, y) = 6.9093
gradient with respect to x and y

forward
  step          value       code
  x             = 2
  y             = 3
  v1 = x · y    = 6         x * y              line 1
  v2 = sin(x)   = 0.909297  np.sin(x)          line 1
  v3 = v1 + v2  = 6.9093    x * y + np.sin(x)  line 1

reverse
  cotangent  to    contribution  value
  v̄3 = 1     → v1  v̄3            = 1
             → v2  v̄3            = 1
  v̄2 = 1     → x   v̄2 · cos(x)   = -0.416147
  v̄1 = 1     → x   v̄1 · y        = 3
             → y   v̄1 · x        = 2

gradient
  argument  value
  x         = 2.58385 = -0.416147 + 3
  y         = 2"""


@needs_positions
def test_text_of_a_small_function():
    assert lines(explain(product, 2.0, 3.0)) == PRODUCT


def test_text_of_a_layer():
    W, b, x = np.array([[0.5, 0.0], [0.0, 0.0]]), np.zeros(2), np.array([2.0, 0.0])
    text = str(explain(layer, W, b, x))
    for piece in (
        "v1 = W · x     = [1, 0]",
        "h = tanh(v2)   = [0.7616, 0]",
        "v̄3 = [0.5, 0.5]",
        "v̄3 ⊙ (2 · h)",
        "h̄ ⊙ (1 - h²)",
        "→ W   outer(v̄1, x)",
        "→ x   Wᵀ · v̄1",
        "v̄4 · ones(2) / 2",
    ):
        assert piece in text, piece


def test_columns_stay_aligned():
    text = str(explain(layer, np.ones((2, 2)), np.ones(2), np.ones(2)))
    rows = [r for r in text.split("reverse")[1].splitlines() if "→" in r]
    assert len({width(r[: r.index("→")]) for r in rows}) == 1


def test_color_is_for_terminals(monkeypatch):
    explanation = explain(product, 2.0, 3.0)
    assert "\x1b[" not in str(explanation) and "\x1b[" not in repr(explanation)
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stdout", type("Terminal", (), {"isatty": lambda self: True, "write": print})())
    assert "\x1b[" in repr(explanation)
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in repr(explanation)


class Balanced(HTMLParser):
    """Checks that what is opened is closed."""

    def __init__(self):
        super().__init__()
        self.stack: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.stack.append(tag)

    def handle_endtag(self, tag):
        assert self.stack.pop() == tag

    def handle_data(self, data):
        self.words.append(data)


def test_html_is_well_formed_and_says_the_same():
    rng = np.random.default_rng(0)
    explanation = explain(layer, rng.normal(size=(20, 30)), np.zeros(20), rng.normal(size=30))
    parser = Balanced()
    parser.feed(explanation._repr_html_())
    assert not parser.stack
    text = " ".join(parser.words)
    for piece in ("v1 = W · x", "outer(v̄1, x)", "gradient", "20×30", "prefers-color-scheme:dark"):
        assert piece in text
    assert "<script" not in explanation.html()


def test_html_escapes_code():
    text = explain(lambda x: x * (x < 3), 2.0).html()
    assert "x &lt; 3" in text or sys.version_info < (3, 11)
    assert "(x < 3)" not in text


def test_markdown_keeps_its_tables():
    text = explain(lambda x: np.abs(x) * 2.0, -1.5).markdown()
    tables = [row for row in text.splitlines() if row.startswith("|")]
    assert all(row.replace("\\|", "").count("|") in (3, 4, 5) for row in tables)
    assert r"\left\lvert x \right\rvert" in text


def test_latex_is_balanced():
    text = explain(layer, np.ones((2, 2)), np.ones(2), np.ones(2)).latex()
    for pair in ("{}", "()", "[]"):
        assert text.count(pair[0]) == text.count(pair[1])
    assert text.count(r"\begin{align*}") == text.count(r"\end{align*}") == 3
    assert r"{W}^{T} \cdot \bar{v}_{1}" in text
    assert text.count(r"\left") - text.count(r"\leftarrow") == text.count(r"\right")


def test_graphs_name_every_node_and_arrow():
    explanation = explain(product, 2.0, 3.0)
    assert explanation.mermaid().splitlines()[0] == "flowchart LR"
    assert '-->|"v̄1 · y"|' in explanation.mermaid()
    assert explanation.mermaid().count("-->") == explanation.dot().count("->") == 5
    quoted = explain(lambda p: p['a"b'] * 2.0, {'a"b': 1.0})
    assert '\\"' in quoted.dot() and "#quot;" in quoted.mermaid()


def test_svg_is_a_picture():
    pytest.importorskip("drawsvg")
    rng = np.random.default_rng(0)
    root = ElementTree.fromstring(explain(layer, rng.normal(size=(3, 2)), np.zeros(3), np.ones(2)).svg())
    names = {"{http://www.w3.org/2000/svg}": ""}
    tags = [e.tag.replace(*next(iter(names.items()))) for e in root.iter()]
    assert tags.count("rect") == 8 and tags.count("title") > 8
    width_, height = float(root.get("width")), float(root.get("height"))
    boxes = [e for e in root.iter() if e.tag.endswith("rect")]
    for box in boxes:
        assert float(box.get("x")) >= 0 and float(box.get("x")) + float(box.get("width")) <= width_
        assert float(box.get("y")) >= 0 and float(box.get("y")) + float(box.get("height")) <= height
    for a in boxes:  # no two overlap
        for b in boxes:
            if a is not b and a.get("y") == b.get("y"):
                ax, bx = float(a.get("x")), float(b.get("x"))
                assert ax + float(a.get("width")) <= bx or bx + float(b.get("width")) <= ax


def test_svg_without_its_library_says_what_to_do(monkeypatch):
    monkeypatch.setitem(sys.modules, "drawsvg", None)
    with pytest.raises(ImportError, match="fluxbridge\\[explain\\]"):
        explain(product, 2.0, 3.0).svg()


def test_json_can_hold_everything():
    data = json.loads(explain(lambda z: np.real(z * z) * np.inf, np.complex128(1 + 2j)).json())
    assert data["steps"][0]["value"] == {"text": "1+2j", "data": {"re": 1.0, "im": 2.0}}
    assert data["steps"][-1]["value"] == {"text": "-inf", "data": "-inf"}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (np.arange(20.0), "[0, 1, 2, 3, 4, 5, …]"), (np.zeros((3, 50)), "[[0, 0, 0, …], …]"),
        (np.zeros((2, 3)), "[[0, 0, 0], [0, 0, 0]]"), (1 / 3, "0.333333"), (None, "None"),
        ((1, 2.5), "(1, 2.5)"), (np.zeros(0), "[]"), (np.float32(0.1), "0.1"), (True, "True"),
    ],
)  # fmt: skip
def test_values_are_shortened(value, text):
    assert short(value) == text


def test_the_command(capsys):
    assert cli.main(["explain", "lambda x: 3*x**2", "5"]) == 0
    out = capsys.readouterr().out
    assert "x         = 30" in out and "<lambda>(x) = 75" in out
    assert cli.main(["explain", "np.sin", "0.0", "--forward"]) == 0
    assert "v\u03071 = cos(x) · ẋ = 1" in capsys.readouterr().out
    assert cli.main(["explain", "np.sin", "0.0", "--as", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["steps"][1]["operation"] == "sin"
    assert cli.main(["explain", "lambda x: [x]", "5"]) == 2
    assert "gradients are not defined" in capsys.readouterr().err
    assert cli.main(["explain", "3", "5"]) == 2
    assert "is no function" in capsys.readouterr().err


@needs_positions
def test_the_text_behind_python_c_is_found():
    code = "\nimport fluxbridge\nprint(fluxbridge.explain(lambda x: x * x * x, 2.0))"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"}, encoding="utf-8",
    )  # fmt: skip
    assert "x * x      line 3" in result.stdout
    result = subprocess.run(
        [sys.executable, "-c", "import fluxbridge\nprint(fluxbridge.explain(eval('lambda x: x * x'), 2.0))"],
        capture_output=True, text=True, check=True, encoding="utf-8",
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    assert "v1 = x · x  = 4" in result.stdout


def test_steps_of_many_inputs_are_shortened():
    explanation = explain(lambda *xs: np.sum(np.stack([x * 2.0 for x in xs])), *np.arange(30.0))
    text = str(explanation.unfold())
    assert "stack(v1, v2, v3, …, v30, axis=0)" in text or "stack(v1, v2, v3, …, v30)" in text
    assert "… 25 more" in text and "v̄31[29]" in text and "v̄31[10]" not in text
    explanation = explanation.unfold()
    assert "… 25 more" in explanation.html() and "… 25 more" in explanation.markdown()
    assert explanation.latex().count("{") == explanation.latex().count("}")


def test_the_compiled_program_stands_beside_the_lines():
    def f(w, x):
        h = np.tanh(w @ x)
        return np.sum(h * h) + np.sum(h * h)

    shown = explain(f, np.ones((2, 2)), np.ones(2)).program()
    recorded, left = shown.split("as it runs")
    assert shown.startswith("f(w, x)\n\nrecorded\n  v1 = matmul(w, x)")
    assert recorded.count("multiply(v2, v2)") > left.count("multiply(v2, v2)") == 1
    assert "h = np.tanh(w @ x)" in left and "return np.sum(h * h) + np.sum(h * h)" in left
    assert re.search(r"v2 = tanh\(v1\)\n", left)  # the line is not said twice


def test_large_arrays_are_shown_in_blocks():
    shown = explain(lambda x: np.sum(np.exp(np.sin(x))), np.ones(100_000)).program()
    assert "  in blocks of 4096, over (100000,):\n    v1 = sin(x)" in shown


def test_what_is_not_compiled_says_why():
    def f(x):
        global COUNT
        COUNT = 1
        return x * x

    assert explain(f, 2.0).program() == "f(x) runs eagerly, not compiled: it assigns the global COUNT"


def test_data_says_which_lines_ran_and_which_are_of_a_library():
    from fluxbridge import flux

    def far(x):
        return x * 2

    d = explain(lambda x: flux.mse(far(x), 1.0), 3.0).data()
    own = [source for source in d["sources"] if "library" not in source]
    library = [source for source in d["sources"] if "library" in source]
    assert [source["file"] for source in own] == ["test_views.py"]
    assert "losses.py" in [source["file"] for source in library]
    for source in d["sources"]:
        last = source["first"] + len(source["lines"]) - 1
        ends = [n for block in source["blocks"] for n in block]
        assert ends == sorted(ends) and source["first"] == ends[0] and ends[-1] == last
        assert all(b[0] - a[1] > 3 for a, b in pairwise(source["blocks"]))
    for place in d["places"]:
        blocks = d["sources"][place["source"]]["blocks"]
        assert any(a <= place["lines"][0] and place["lines"][1] <= b for a, b in blocks)
