"""Pages, pictures and the widget, as far as Python makes them."""

from __future__ import annotations

import importlib.util
import json
import re
import sys
from pathlib import Path

import numpy as np
import pytest

import fluxbridge
from fluxbridge import cli
from fluxbridge.explanation import explain
from fluxbridge.explanation.theatre import shown
from fluxbridge.explanation.theatre.content import content
from fluxbridge.explanation.theatre.page import document, element, library, resource
from fluxbridge.explanation.theatre.plots import POINTS, plot

ROOT = Path(fluxbridge.__file__).parent.parent


def babylonian(a):
    x = (1 + a) / 2
    while abs(x * x - a) > 1e-12:
        x = (x + a / x) / 2
    return x


# -- the page ----------------------------------------------------------------------------------------------


def test_a_notebook_shows_the_page_and_the_tables_below_it():
    e = explain(babylonian, 2.0)
    page = e._repr_html_()
    assert page == element(e)
    assert e.html() in page  # for where scripts are taken out
    assert not re.search(r"""(src|href)=["'](?!#|data:)""", page)
    assert "http" not in page.replace("http://www.w3.org/2000/svg", "")


def test_texts_of_the_user_cannot_end_the_script():
    page = document(explain(lambda x, name: x * len("</script><!--"), 2.0, "</script>"), plots=False)
    assert page.count("</script>") == 2
    assert page.count("<script") == 2


def test_the_same_explanation_is_the_same_text():
    assert element(explain(babylonian, 2.0)) == element(explain(babylonian, 2.0))
    assert element(explain(babylonian, 2.0)) != element(explain(babylonian, 2.5))


def test_what_the_page_knows():
    found = content(explain(babylonian, 2.0))
    assert found["fields"] == [{"id": 0, "name": "a", "shape": None, "flat": [2.0], "range": [[-2.0, 6.0]]}]
    loop = next(k for k, group in enumerate(found["groups"]) if group["kind"] == "loop")
    assert loop in found["open"]
    assert len(found["program"]["steps"]) == 29  # those of the test, too
    json.dumps(found, allow_nan=False)
    assert content(explain(np.sqrt, np.float32(2.0)))["kernel"].endswith(
        "it computes with float32, and JavaScript with 64 bit numbers."
    )


def test_many_numbers_have_no_fields():
    assert content(explain(lambda x: np.sum(x**2), np.ones(30)))["fields"] == []


def luminance(color: str) -> float:
    parts = [int(color[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def test_contrast_is_that_of_wcag_aa():
    """At least 4.5 for text on each background that it may stand on, 3 for lines."""
    schemes = re.findall(r"\{([^{}]*--ink:[^{}]*)\}", resource("theatre.css"))
    assert len(schemes) == 4
    for scheme in schemes:
        colors = dict(re.findall(r"--([\w]+):(#[0-9a-f]{6})", scheme))

        def contrast(a: str, b: str, colors: dict[str, str] = colors) -> float:
            low, high = sorted((luminance(colors[a]), luminance(colors[b])))
            return (high + 0.05) / (low + 0.05)

        for text in ("ink", "dim", "val", "bar", "hot"):
            for ground in ("paper", "soft", "now", "lit", "source"):
                assert contrast(text, ground) >= 4.5, (text, ground, contrast(text, ground))
        for line in ("edge", "curve", "tan", "p0", "p1"):
            assert contrast(line, "paper") >= 3, line


# -- plots -------------------------------------------------------------------------------------------------


def test_the_plot_has_gaps_where_the_function_has_no_value_or_does_not_come_back():
    drawn = plot(explain(babylonian, 2.0))
    pairs = dict(zip(drawn["xs"], drawn["ys"], strict=True))
    assert len(pairs) == POINTS
    assert all(y is None for x, y in pairs.items() if x < 0)
    assert all(y == pytest.approx(x**0.5, rel=1e-5) for x, y in pairs.items() if x > 0)


def test_the_plot_of_a_kink_has_its_subgradients():
    drawn = plot(explain(lambda x: abs(x) + np.maximum(x, 0), 0.0))
    assert drawn["fan"] == [[-1.0], [2.0]]
    assert drawn["directional"] == [2.0, 1.0]
    assert "fan" not in plot(explain(abs, 1.0))


def test_a_plane_has_values_and_two_ways_downhill():
    def bowl(x, y):
        return (x - 1) ** 2 + 3 * y**2

    drawn = plot(explain(bowl, 0.0, 1.0))
    (x0, _), (y0, y1) = drawn["range"]
    assert drawn["zs"][0][0] == pytest.approx(bowl(x0, y0))
    assert drawn["zs"][-1][0] == pytest.approx(bowl(x0, y1))
    for way in drawn["paths"]:
        assert way["points"][0] == [0.0, 1.0]
        assert bowl(*way["points"][-1]) < 0.1 < bowl(*way["points"][0])
    same = plot(explain(lambda p: bowl(p["at"][0], p["at"][1]), {"at": np.array([0.0, 1.0])}))
    assert same["zs"] == drawn["zs"]
    assert same["names"] == ["p['at'][0]", "p['at'][1]"]


def test_a_plot_prints_nothing_and_can_be_left_out(capsys):
    def f(x):
        print("here")
        return x * x

    e = explain(f, 2.0)
    element(e, plots=False)
    assert capsys.readouterr().out == "here\n"
    element(e)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("f", "xs"),
    [(lambda x: np.sum(x**2), (np.ones(3),)), (lambda x, y, z: x * y * z, (1.0, 2.0, 3.0))],
)
def test_functions_of_more_numbers_have_no_plot(f, xs):
    assert plot(explain(f, *xs)) is None


# -- files -------------------------------------------------------------------------------------------------


def test_save_goes_by_the_end_of_the_name(tmp_path):
    e = explain(babylonian, 2.0)
    assert e.save(tmp_path / "a.html").read_text("utf8").startswith("<!doctype html>")
    assert (tmp_path / "a.html").read_text("utf8") == document(e)
    for end, text in {".md": e.markdown(), ".tex": e.latex(), ".json": e.json(), ".txt": e.text()}.items():
        assert e.save(tmp_path / f"a{end}").read_text("utf8") == text
    with pytest.raises(ValueError, match=r"must end with \.html, \.svg"):
        e.save(tmp_path / "a.docx")


def test_frames_fill_the_graph_step_by_step():
    pytest.importorskip("drawsvg")
    frames = list(explain(lambda x: x * np.sin(x), 2.0).frames())
    assert len(frames) == 1 + 2 + 2 + 1
    assert "0.909297" not in frames[0] and "0.909297" in frames[1]
    assert "1.81859" not in frames[1] and "v̄2 = 1<" not in frames[2] and "v̄2 = 1<" in frames[3]
    assert "x̄ =" in frames[-1] and "x̄ =" not in frames[-2]


def test_pictures(tmp_path):
    pytest.importorskip("drawsvg")
    pytest.importorskip("resvg_py", reason="no resvg_py, so no PNG")
    image = pytest.importorskip("PIL.Image", reason="no Pillow, so no GIF")
    e = explain(lambda x: x * np.sin(x), 2.0)
    with image.open(e.save(tmp_path / "a.png")) as png:
        assert png.format == "PNG" and png.width > 200
        assert len(png.convert("L").getcolors()) > 20  # there are letters in it
    with image.open(e.save(tmp_path / "a.gif")) as gif:
        assert gif.n_frames == len(list(e.frames()))


def test_without_a_library_for_pictures_there_is_a_clear_error(tmp_path, monkeypatch):
    pytest.importorskip("drawsvg")
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    with pytest.raises(ImportError, match=r"pip install 'fluxbridge\[pictures\]'"):
        explain(abs, 2.0).save(tmp_path / "a.png")


def test_show_opens_a_browser(tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(shown.webbrowser, "open", asked.append)
    monkeypatch.setattr(shown.tempfile, "tempdir", str(tmp_path))
    e = explain(babylonian, 2.0)
    file = e.show()
    assert asked == [file.as_uri()]
    assert file.read_text("utf8") == document(e)


def test_show_in_a_notebook_is_the_output_of_the_cell(monkeypatch):
    display = pytest.importorskip("IPython.display")
    got = []
    monkeypatch.setattr(shown, "in_notebook", lambda: True)
    monkeypatch.setattr(display, "display", got.append)
    e = explain(babylonian, 2.0)
    assert e.show() is None
    assert got[0].data == element(e)


def test_the_command_opens_and_saves(tmp_path, monkeypatch, capsys):
    asked = []
    monkeypatch.setattr(shown.webbrowser, "open", asked.append)
    monkeypatch.setattr(shown.tempfile, "tempdir", str(tmp_path))
    file = tmp_path / "page.html"
    assert cli.main(["explain", "lambda x: x * x", "3.0", "--save", str(file), "--open"]) == 0
    first, second = capsys.readouterr().out.split()
    assert first == str(file) and Path(second).as_uri() == asked[0]
    assert "6" in file.read_text("utf8")
    assert cli.main(["explain", "lambda x: x * x", "3.0", "--save", str(tmp_path / "page.doc")]) == 2
    assert "must end with" in capsys.readouterr().err


# -- the widget --------------------------------------------------------------------------------------------


def test_the_widget_answers_a_point():
    pytest.importorskip("anywidget", reason="anywidget is not installed")
    widget = explain(babylonian, 2.0).play()
    assert widget.content["value"] == pytest.approx(2**0.5) and "program" not in widget.content
    widget.point = {"0": 30.0}
    assert widget.content["value"] == pytest.approx(30**0.5)
    assert widget.explanation.gradient[0] == pytest.approx(0.5 / 30**0.5)
    assert widget.content["fields"][0]["flat"] == [2.0]  # where the slider goes back to
    widget = explain(lambda x: x * np.sqrt(x) if x < 5 else [x], 2.0).play()
    before = widget.content
    widget.point = {"0": 7.0}
    assert "NotScalarError" in widget.note and widget.content == before
    widget.point = {"0": 4.0}
    assert widget.note == "" and widget.content["value"] == 8.0


def test_the_widget_answers_arrays_in_structures():
    pytest.importorskip("anywidget", reason="anywidget is not installed")

    def f(p, n):
        return np.sum(p["W"] @ np.ones(2)) * p["s"] ** n

    widget = explain(f, {"W": np.eye(2), "s": 2.0}, 3).play()
    ids = {field["name"]: str(field["id"]) for field in widget.content["fields"]}
    W = np.array([[1.0, 2.0], [3.0, 4.0]])
    widget.point = {ids["p['W']"]: {"shape": [2, 2], "flat": W.ravel().tolist()}, ids["p['s']"]: 3.0}
    assert widget.note == ""
    assert widget.content["value"] == f({"W": W, "s": 3.0}, 3)


def test_without_anywidget_there_is_a_clear_error(monkeypatch):
    monkeypatch.setitem(sys.modules, "anywidget", None)
    with pytest.raises(ImportError, match=r"pip install 'fluxbridge\[widget\]'"):
        explain(abs, 2.0).play()


# -- the gallery -------------------------------------------------------------------------------------------


def test_the_gallery_is_made_of_the_present_page(tmp_path):
    spec = importlib.util.spec_from_file_location("gallery", ROOT / "tools" / "gallery.py")
    gallery = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(gallery)
    index = (ROOT / "docs" / "gallery" / "README.md").read_text("utf8")
    for name, (says, explanation) in gallery.pages().items():
        page = (ROOT / "docs" / "gallery" / f"{name}.html").read_text("utf8")
        assert len(page.encode()) < 300_000
        assert library() in page and resource("theatre.css") in page, "run python tools/gallery.py"
        assert f"[{name}]({name}.html) | {says} |" in index
        assert "program" in content(explanation, plots=False), name  # all of them compute by themselves
