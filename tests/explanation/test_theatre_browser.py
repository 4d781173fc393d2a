"""The theatre in a real browser, headless: steps, hovering, sliders, several pages in one, no network."""

from __future__ import annotations

import json
import re
import runpy
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from goldentexts import FOLDER, PROGRAMS

from fluxbridge import subgradients
from fluxbridge.explanation import explain
from fluxbridge.explanation.theatre.page import document, element
from fluxbridge.explanation.views import text

sync_api = pytest.importorskip("playwright.sync_api", reason="no playwright, so no page is opened")

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium of the system, or playwright's own."""
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    with sync_api.sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        except sync_api.Error as error:
            pytest.skip(f"no browser: {str(error).splitlines()[0]}")
        yield browser
        browser.close()


@pytest.fixture
def opened(browser: Any, tmp_path: Path) -> Iterator[Any]:
    """A function that opens a page; at the end nothing may have been logged or asked of the network."""
    contexts, complaints, requests = [], [], []

    def open_page(
        html: str, width: int = 1280, height: int = 900, scripts: bool = True, scheme: str = "light"
    ) -> Any:
        context = browser.new_context(
            viewport={"width": width, "height": height}, java_script_enabled=scripts, color_scheme=scheme
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(60_000)  # machines may be busy
        page.on("console", lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: requests.append(request.url))
        file = tmp_path / f"page{len(contexts)}.html"
        file.write_text(html, "utf8")
        page.goto(file.as_uri())
        if scripts:
            page.wait_for_selector(".stage .panes svg")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []
    assert [url for url in requests if not url.startswith(("file:", "data:", "blob:"))] == []


def helper(x):
    return x * x + 1


def babylonian(a):
    x = (1 + a) / 2
    while abs(x * x - a) > 1e-12:
        x = (x + a / x) / 2
    return x


X = np.array([1.0, 2.0])


def loss(W, b):
    h = np.tanh(W @ X + b)
    return np.sum(h**2)


def kinked(x):
    return abs(x) + np.maximum(x, 0)


def using_another(x):
    return np.sqrt(helper(x))


def said(page: Any) -> str:
    return page.inner_text(".said")


def data_in(page: Any) -> dict[str, Any]:
    """What the page shows now, as it has it."""
    text = page.evaluate(
        """JSON.stringify(document.querySelector('.fb-theatre').stage.rows.data,
        (key, value) => (value && value.flat instanceof Array) ? {flat: value.flat} : value)"""
    )
    return json.loads(text)


def numbers(value: Any) -> Any:
    if isinstance(value, dict):
        value = value.get("flat", value.get("data"))
    return np.ravel(value)


def agree(page: Any, expected: dict[str, Any]) -> None:
    """Every value, cotangent and contribution is Python's."""
    found = data_in(page)
    assert len(found["steps"]) == len(expected["steps"])
    for ours, theirs in zip(found["steps"], expected["steps"], strict=True):
        for key in ("value", "cotangent"):
            if key in theirs:
                np.testing.assert_allclose(numbers(ours[key]), numbers(theirs[key]), rtol=1e-9, atol=1e-12)
    for key in ("contributions", "groups"):
        for ours, theirs in zip(found[key], expected[key], strict=True):
            for a, b in zip(ours.get("gives", [ours]), theirs.get("gives", [theirs]), strict=True):
                if "value" in b:
                    np.testing.assert_allclose(
                        numbers(a["value"]), numbers(b["value"]), rtol=1e-9, atol=1e-12
                    )
                if "slope" in b:
                    assert a["slope"] == pytest.approx(b["slope"], rel=1e-6, abs=1e-9)


def rows_in(page: Any, sweep: str) -> list[list[list[str]]]:
    """The texts of the tables of each stage; a cell over several rows stands in the first."""
    return page.evaluate(
        """(sweep) => [...document.querySelectorAll(".stage")].map((stage) =>
        [...stage.querySelectorAll(`table.${sweep} tbody tr`)].map((tr) =>
        [...tr.children].map((cell) => cell.innerText.replace(/\\s+/g, " ").trim())))""",
        sweep,
    )


def all_in_one(explanations: list[Any]) -> str:
    return "<!doctype html><meta charset='utf-8'>" + "".join(element(e, plots=False) for e in explanations)


def said_by(e: Any) -> tuple[list[list[str]], list[list[str]]]:
    """The same two tables by the text view: without code, and as a page has them."""
    forward = []
    for row in text.forward_rows(e):
        name, *rest = row
        forward.append([name.strip(), *[cell.removeprefix("= ") for cell in rest[:2]]])
    reverse = []
    for row in text.reverse_rows(e):
        head, *rest = [cell.strip() for cell in row]
        if len(rest) > 1:
            to, formula, value, _, kink = rest
            reverse.append([f"{head} ⚠ {kink}" if kink else head, to, formula, value.removeprefix("= ")])
        else:
            reverse.append([head])
    return forward, reverse


def plainly(rows: list[list[str]]) -> list[list[str]]:
    """Without marks of folding, remarks on kinks, colons after titles and empty cells."""
    said = [[re.sub(r"[▸▾:]| ⚠.*", "", cell).strip() for cell in row] for row in rows]
    return [[re.sub(r"\s+", " ", cell) for cell in row if cell] for row in said]


@pytest.mark.parametrize("everything", [False, True])
def test_the_tables_say_what_the_text_says(opened, everything):
    """Rows, headings before what is in them, formulas and values, of all the golden programs."""
    words = {name: runpy.run_path(str(FOLDER / f"{name}.py")) for name in PROGRAMS}
    explanations = [explain(w["f"], *w["xs"]) for w in words.values()]
    explanations = [e.unfold() if everything else e for e in explanations]
    page = opened(all_in_one(explanations))
    page.wait_for_function(f"document.querySelectorAll('.stage').length === {len(words)}")
    for name, e, *found in zip(
        words, explanations, *map(rows_in, [page] * 2, ["forward", "reverse"]), strict=True
    ):
        for ours, theirs in zip(found, said_by(e), strict=True):
            assert plainly(ours) == plainly(theirs), name


def test_dual_numbers_are_those_of_the_text(opened):
    A, x = np.array([[0.5, 2.0], [1.0, -1.0]]), np.array([1.0, 3.0])
    e = explain(lambda A, x: np.where(x > 2, x, -x) @ A @ np.sin(x) - x[0], A, x, forward=True, along=(A, x))
    page = opened(document(e))
    ours = [row[2].split(" = ") for row in rows_in(page, "forward")[0]]
    theirs = [row[3].split(" = ")[1:] for row in text.forward_rows(e)]
    assert ours == theirs
    page.focus(".pane.tables")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    last = page.locator(".node").last
    assert last.locator(".bar").evaluate("(t) => t.style.visibility") == "hidden"
    assert ", tangent " in said(page)


def test_without_steps_it_says_why(opened):
    page = opened(document(explain(lambda x: 3.0, 1.0)))
    assert page.inner_text(".reverse tbody") == "nothing: the result does not depend on the arguments"
    assert "lambda x: 3.0" in page.inner_text(".code")


def test_functions_that_ran_are_shown_and_no_more(opened):
    page = opened(document(explain(using_another, 2.0)))
    code = page.inner_text(".pane.code")
    assert "def helper" in code and "def using_another" in code and "⋮" in page.content()
    assert "def babylonian" not in code
    words: dict[str, Any] = {"np": np}
    exec("def f(x):\n    y = np.sin(x)\n    return y * x", words)
    page = opened(document(explain(words["f"], 2.0)))
    assert "There is no code to show" in page.inner_text(".code")


def test_walking_forward_and_backward(opened):
    page = opened(document(explain(babylonian, 2.0)))
    assert said(page) == "The gradient: ā = 0.353553."
    page.focus(".pane.tables")
    page.keyboard.press("Home")
    assert said(page) == "The arguments are given."
    page.keyboard.press("ArrowRight")
    assert said(page) == "Forward 1 of 5 (line 65): x₀ = (1 + a) / 2 = 1.5".replace(
        "65", str(babylonian.__code__.co_firstlineno + 1)
    )
    assert page.inner_text(".code li.now").strip() == "x = (1 + a) / 2"
    assert "x₀" in page.text_content(".node.now .name")
    page.keyboard.press("ArrowRight")
    assert "iteration 1 of 4" in said(page)
    assert page.inner_text(".code li.now").strip() == "x = (x + a / x) / 2"
    page.click("[aria-label='to the end']")
    page.click("[aria-label='one step back']")
    assert said(page).startswith("Backward 5 of 5") and "gives" in said(page)
    rows = page.locator(".reverse tr.now")
    assert rows.count() == 1 and "x̄₀" in rows.first.inner_text()
    page.keyboard.press("ArrowLeft")
    assert page.locator(".reverse tr.now").count() == 2  # one to x₀, one to a
    assert page.locator(".picture .edge.now").count() == 2


def test_playing_runs_to_the_end_and_stops(opened):
    page = opened(document(explain(lambda x: x * x, 3.0)).replace("const SPEED = 900", "const SPEED = 30"))
    page.evaluate(
        """() => { window.seen = []; const said = document.querySelector(".said");
        new MutationObserver(() => window.seen.push(said.textContent)).observe(said, {childList: true}); }"""
    )
    page.click("[aria-label='play']")
    page.wait_for_function("window.seen.length >= 4 && document.querySelector(\"[aria-label='play']\")")
    starts = [text.split()[0] for text in page.evaluate("window.seen")]
    assert starts == ["The", "Forward", "Backward", "The"]
    assert said(page) == "The gradient: x̄ = 6."


def test_what_belongs_together_lights_up(opened):
    page = opened(document(explain(loss, np.eye(2) / 2, np.array([0.5, -0.5])), plots=False))
    page.hover(".forward tr:has-text('h = tanh')")
    assert page.inner_text(".code li.lit").strip() == "h = np.tanh(W @ X + b)"
    assert "tanh" in page.text_content(".node.lit .name")
    assert page.locator(".forward tr.lit").count() == 1
    assert "h̄" in page.inner_text(".reverse tr.lit")
    assert "→ h" in page.inner_text(".reverse tr.source")
    page.hover(".code li:has-text('return')")
    assert page.locator(".node.lit").count() == 2  # the square and the sum


def test_another_point_is_computed_as_python_does(opened):
    page = opened(document(explain(babylonian, 2.0)))
    before = data_in(page)
    page.fill("[aria-label='a']", "2.1")
    agree(page, explain(babylonian, 2.1).data())
    assert said(page).startswith("The gradient: ā = 0.3450")
    page.fill("[aria-label='a']", "30")
    note = page.inner_text(".note")
    assert "takes another way" in note and "needs a kernel" in note
    assert f"(line {babylonian.__code__.co_firstlineno + 2})" in note
    assert page.locator(".stage.stale").count() == 1
    agree(page, explain(babylonian, 2.1).data())  # the point before, and no wrong number
    page.click("text=↺ back")
    assert page.inner_text(".note") == ""
    assert data_in(page)["value"] == pytest.approx(before["value"])
    page.evaluate(
        """() => { const s = document.querySelector("[aria-label='slider of a']");
        s.value = 1.9; s.dispatchEvent(new Event("input")); }"""
    )
    agree(page, explain(babylonian, float(page.input_value("[aria-label='slider of a']"))).data())


def test_arrays_at_another_point(opened):
    W, b = np.array([[0.5, 0.0], [0.1, 0.25]]), np.array([0.5, -0.5])
    page = opened(document(explain(loss, W, b)))
    page.fill("[aria-label='W[1, 0]']", "-0.7")
    page.fill("[aria-label='b[1]']", "0.2")
    agree(page, explain(loss, np.array([[0.5, 0.0], [-0.7, 0.25]]), np.array([0.5, 0.2])).data())


def test_a_kink_is_marked_with_its_fan_and_only_there(opened):
    page = opened(document(explain(kinked, 0.0)))
    low, high = subgradients(kinked, 0.0).interval
    assert page.locator(".node.kinked").count() == 2
    assert f"subgradients from {low:g} to {high:g}" in page.inner_text(".plot")
    assert page.locator(".plot .fan").count() == 2
    page.fill("[aria-label='x']", "0.5")
    assert page.locator(".node.kinked, .plot .fan, .stage .kink").count() == 0
    assert "slope 2" in page.inner_text(".plot")
    page.fill("[aria-label='x']", "0")
    assert page.locator(".node.kinked").count() == 2 and page.locator(".plot .fan").count() == 2


def test_a_function_of_two_numbers_has_level_lines_and_ways_downhill(opened):
    page = opened(document(explain(lambda x, y: (x - 1) ** 2 + 2 * (y - x) ** 2, -1.0, 1.5)))
    assert page.locator(".plot .level").count() == 14
    assert page.locator(".plot path.path").count() == 2
    assert page.inner_text(".legend >> nth=0") == "● gradient descent"
    page.fill("[aria-label='x']", "0")
    assert "→ -8" in page.inner_text(".plot")  # the slope along x at (0, 1.5)


def test_several_on_one_page_do_not_disturb_each_other(opened):
    page = opened(all_in_one([explain(f, 2.0) for f in (babylonian, np.sqrt, np.sqrt)]))
    page.wait_for_function("document.querySelectorAll('.stage').length === 3")
    first, second, third = page.locator(".stage").all()
    first.locator("[aria-label='to the start']").click()
    assert first.locator(".said").inner_text() == "The arguments are given."
    second.locator("input[type=number]").fill("9")
    assert second.locator(".said").inner_text() == "The gradient: x̄ = 0.166667."
    assert third.locator(".said").inner_text() == "The gradient: x̄ = 0.353553."


def test_without_scripts_there_are_the_tables(opened):
    page = opened(document(explain(babylonian, 2.0)), scripts=False)
    text = page.inner_text(".fb-theatre .static")
    assert "while abs(x * x - a) > 1e-12" in text and "0.353553" in text


def layered(w, b, x, y):
    h = np.tanh(w @ x + b)
    s = 0.0
    for i in range(3):
        s = s + h[i] * y[i]
    return s if s > 0 else -s


W = np.array([[0.125, -0.25], [0.5, 0.75], [-0.5, 0.375]])
LAYERED = (W, np.array([1.25, 1.0, -0.75]), np.array([1.0, -0.5]), np.array([0.5, 1.0, -1.0]))
SIDES = {"left-of", "right-of", "above", "below"}
SIZES = [(1400, 1800), (1920, 1080), (1366, 768), (1280, 720), (1024, 600), (700, 900), (390, 844)]


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_the_window(opened, width, height, scheme):
    """No side is cut; the panes use the window; what does not fit in a pane can be scrolled to."""
    page = opened(document(explain(layered, *LAYERED)), width, height, scheme=scheme)
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    boxes = {name: page.locator(f".pane.{name}").bounding_box() for name in ("code", "picture", "tables")}
    if width > 900:  # side by side, and the window is all that is needed
        assert len({round(box["y"]) for box in boxes.values()}) == 1
        assert page.evaluate("document.documentElement.scrollHeight") <= height
        tables = page.locator(".pane.tables")
        fits = tables.evaluate("(pane) => pane.scrollHeight <= pane.clientHeight")
        bottom = boxes["tables"]["y"] + boxes["tables"]["height"]
        assert fits or bottom >= height - 12  # it scrolls only where the window ends
        assert fits == (height > 1000)
    else:
        assert len({round(box["y"]) for box in boxes.values()}) == 3  # stacked
        page.evaluate("window.scrollTo(0, 1e6)")
        assert page.locator("[aria-label='play']").bounding_box()["y"] >= 0  # still at hand
    for name in boxes:
        pane = page.locator(f".pane.{name}")
        for place in ("0", "1e6"):
            pane.evaluate(f"(pane) => {{ pane.scrollTop = pane.scrollLeft = {place}; }}")
            page.wait_for_timeout(50)
            hidden = pane.evaluate(
                """(p) => ({"left-of": p.scrollLeft > 1, above: p.scrollTop > 1,
                "right-of": p.scrollLeft + p.clientWidth < p.scrollWidth - 1,
                below: p.scrollTop + p.clientHeight < p.scrollHeight - 1})"""
            )
            assert SIDES & set(pane.get_attribute("class").split()) == {k for k in hidden if hidden[k]}
    picture = page.locator(".pane.picture")
    inside = picture.evaluate(
        """(pane) => { pane.scrollTop = pane.scrollLeft = 0; const a = pane.getBoundingClientRect();
        return [...pane.querySelectorAll(".node")].every((node) => { const b = node.getBoundingClientRect();
        return b.left >= a.left && b.top >= a.top && b.right <= a.left + pane.scrollWidth
        && b.bottom <= a.top + pane.scrollHeight; }); }"""
    )
    assert inside  # or scrolling would not get there
    background = page.evaluate("getComputedStyle(document.querySelector('.fb-theatre')).backgroundColor")
    assert background == {"light": "rgb(255, 255, 255)", "dark": "rgb(13, 17, 23)"}[scheme]


def test_panes_scroll_by_keys(opened):
    page = opened(document(explain(layered, *LAYERED)), 390, 844)
    page.focus(".pane.picture")
    moment = said(page)
    page.keyboard.press("Shift+ArrowRight")
    assert page.locator(".pane.picture").evaluate("(pane) => pane.scrollLeft") > 0
    page.keyboard.press("Shift+ArrowLeft")
    assert page.locator(".pane.picture").evaluate("(pane) => pane.scrollLeft") == 0
    assert said(page) == moment


def test_many_fields_are_to_be_opened(opened):
    page = opened(document(explain(layered, *LAYERED)))
    assert not page.is_visible("[aria-label='b[1]']")
    page.focus(".stage summary")
    page.keyboard.press(" ")  # which plays elsewhere
    assert page.locator("[aria-label='play']").count() == 1
    page.fill("[aria-label='b[1]']", "0.5")
    W, _, x, y = LAYERED
    agree(page, explain(layered, W, np.array([1.25, 0.5, -0.75]), x, y).data())
    assert opened(document(explain(babylonian, 2.0))).is_visible("[aria-label='a']")


def test_folding_keeps_the_moment_and_the_focus(opened):
    page = opened(document(explain(layered, *LAYERED)))
    page.focus(".pane.tables")
    for _ in range(2):
        page.keyboard.press("ArrowLeft")
    before = said(page)
    assert "(line" in before and "s̄₀ = 1" in before
    loop = page.locator(".reverse button.fold >> nth=0")
    loop.focus()
    page.keyboard.press("Enter")
    assert page.locator(".reverse tr.now").first.inner_text().startswith("▸ for i in range(3), 3 iterations")
    assert page.evaluate("document.activeElement.textContent") == "▸ for i in range(3), 3 iterations"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.getAttribute('aria-expanded')") == "true"
    assert [row[0] for row in rows_in(page, "reverse")[0] if len(row) == 1] == [
        "▾ for i in range(3), 3 iterations",
        *(f"▾ iteration {k} of 3" for k in (3, 2, 1)),
    ]
    assert "iteration 3 of 3" in said(page)  # the first of those that the closed row stood for
    page.keyboard.press("End")
    assert said(page).startswith("The gradient")


def test_on_paper_there_is_everything_and_nothing_to_press(opened):
    page = opened(document(explain(layered, *LAYERED)), scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    assert not page.is_visible("[aria-label='play']") and not page.is_visible(".stage summary")
    assert page.locator(".pane").evaluate_all(
        "(panes) => panes.every((p) => p.scrollHeight <= p.clientHeight + 1)"
    )
    assert page.locator(".pane").evaluate_all(
        "(panes) => panes.every((p) => p.scrollWidth <= p.clientWidth + 1)"
    )
    background = page.evaluate("getComputedStyle(document.querySelector('.fb-theatre')).backgroundColor")
    assert background == "rgb(255, 255, 255)"


def busy(page: Any, code: str) -> float:
    """For how many seconds some code keeps a processor busy, whatever else runs on the machine."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def so_far() -> float:
        metrics = session.send("Performance.getMetrics")["metrics"]
        return next(m["value"] for m in metrics if m["name"] == "TaskDuration")

    before = so_far()
    page.evaluate(code)
    return so_far() - before


def test_ten_thousand_steps_open_at_once(opened):
    def rnn(w):
        h = 1.0
        for _ in range(3333):
            h = np.tanh(w * h) + 0.1
        return h

    e = explain(rnn, 0.5)
    assert len(e) == 10_000
    html = document(e)
    assert len(html.encode()) < 5e6
    page = opened(html)
    again = "(() => { const { stage } = document.querySelector('.fb-theatre');"
    again += "new stage.constructor(document.createElement('div'), stage.page); })()"
    assert busy(page, again) < 0.3
    assert page.locator(".forward tbody tr").count() < 10
    unfold = "document.querySelector('.forward button.fold').click()"
    assert busy(page, unfold) < 1  # 3,333 iterations, of which those near are drawn
    assert page.locator(".forward tbody tr").count() < 100
    page.click("[aria-label='to the start']")
    page.click("[aria-label='one step on']")
    assert said(page).startswith("Forward 1 of 3333 ")


def test_the_widget_asks_python(opened):
    pytest.importorskip("anywidget", reason="anywidget is not installed")
    widget = explain(babylonian, 2.0).play()
    module = json.dumps(str(widget._esm))
    html = f"""<!doctype html><meta charset="utf-8"><div id="el"></div><script type="module">
    const state = {{content: {json.dumps(widget.content)}, point: {{}}, note: ""}}, heard = {{}};
    const model = {{
      get: (name) => state[name], on: (name, f) => {{ heard[name] = f; }}, off: () => 0,
      set: (name, value) => {{ state[name] = value; }},
      save_changes: async () => {{
        Object.assign(state, JSON.parse(await window.python(JSON.stringify(state.point))));
        heard["change:content"]();
      }},
    }};
    const url = URL.createObjectURL(new Blob([{module}], {{type: "text/javascript"}}));
    (await import(url)).default.render({{ model, el: document.querySelector("#el") }});
    </script>"""

    def answer(point: str) -> str:
        widget.point = json.loads(point)
        return json.dumps({"content": widget.content, "note": widget.note})

    page = opened(html)
    page.expose_function("python", answer)
    page.fill("[aria-label='a']", "30")
    page.wait_for_function("document.querySelector('.said').textContent.includes('0.0912')")
    assert said(page) == f"The gradient: ā = {1 / (2 * 30**0.5):.6g}."
    agree_with = explain(babylonian, 30.0).data()
    assert (
        page.locator(".forward tr.heading")
        .first.inner_text()
        .endswith(f"{agree_with['groups'][1]['iterations']} iterations")
    )
