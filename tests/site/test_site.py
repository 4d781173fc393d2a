"""The built site in a real browser: pages, search, dark mode, the theatre; no errors and no network."""

from __future__ import annotations

import functools
import http.server
import os
import shutil
import threading
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SITE = Path(os.environ.get("FLUXBRIDGE_SITE", ROOT / "build" / "site"))
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

PAGES = {  # and what must be seen on them
    "docs/index.html": "gradient",
    "docs/tour.html": "What differs from JAX",
    "notebooks/README.html": "dual numbers and the Babylonian square root",
    "notebooks/gradient_in_flux.html": "Chapter 1 of",
    "notebooks/matrix_calculus.html": "Differentials",
    "notebooks/subgradients.html": "Everybody answers something",
    "docs/semantics.html": "What a gradient means here",
    "docs/primitives.html": "primitive",
    "docs/api/fluxbridge.html": "hessian_reverse",
    "docs/api/flux-layers.html": "Fully connected layer",
    "CHANGELOG.html": "Unreleased",
}


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def address():
    if not (SITE / "docs" / "index.html").exists():
        pytest.skip("the site is not built (make docs)")
    handler = functools.partial(Quiet, directory=str(SITE))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def browser():
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        pytest.skip("there is no Chromium here")
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield chromium
        chromium.close()


class Visit:
    """A page, and what went wrong on it."""

    def __init__(self, page, address):
        self.page, self.address, self.wrong = page, address, []
        page.on("console", lambda message: message.type == "error" and self.wrong.append(message.text))
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("request", self.asked)
        page.on("response", lambda r: r.status >= 400 and self.wrong.append(f"{r.status} {r.url}"))

    def asked(self, request):
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.wrong.append(f"asks the network for {request.url}")

    def open(self, path):
        self.page.goto(self.address + path, wait_until="load")
        return self.page


@pytest.fixture(params=[(1280, "light"), (700, "dark")], ids=["wide", "narrow and dark"])
def visit(request, browser, address):
    width, scheme = request.param
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    visit = Visit(context.new_page(), address)
    yield visit
    context.close()
    assert visit.wrong == []


@pytest.mark.parametrize("path", PAGES)
def test_pages(visit, path):
    page = visit.open(path)
    assert PAGES[path] in page.inner_text("article")
    too_wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert too_wide <= 0, "the page scrolls sideways"


def test_the_start_leads_to_the_landing_page(visit):
    page = visit.open("")
    page.wait_for_url("**/docs/index.html")


def test_search_finds_names_of_the_reference(visit):
    page = visit.open("search.html?q=hessian_reverse")
    page.wait_for_selector("#search-results li a")
    page.locator("#search-results li a", has_text="hessian_reverse").first.click()
    page.wait_for_load_state()
    assert "api/fluxbridge.html" in page.url and "hessian_reverse" in page.url


def test_dark_and_light(visit):
    page = visit.open("docs/tour.html")

    def background():
        return page.evaluate("getComputedStyle(document.body).backgroundColor")

    seen = set()
    for _ in range(3):  # automatic, dark, light
        seen.add(background())
        page.locator(".theme-toggle:visible").first.click()
        page.wait_for_timeout(50)
    assert len(seen) == 2


def test_links_within_the_site_work(visit):
    page = visit.open("docs/api/flux-losses.html")
    page.locator("article a.reference.internal", has_text="mae").first.click()
    page.wait_for_load_state()
    assert page.url.endswith("#fluxbridge.flux.mae")
    assert page.evaluate("document.getElementById('fluxbridge.flux.mae') !== null")


def test_formulas_are_drawn(visit):
    page = visit.open("notebooks/matrix_calculus.html")
    assert page.locator("math").count() > 50
    assert page.locator("math").first.bounding_box()["width"] > 0


def test_solutions_are_folded_and_checks_are_not_shown(visit):
    page = visit.open("notebooks/autodiff_from_scratch.html")
    solution = page.locator("details", has_text="def __neg__")
    assert solution.count() == 1
    assert not page.locator("text=def __neg__").is_visible()
    solution.locator("summary").click()
    assert solution.evaluate("d => d.open")
    assert "1.7724538509055159\n" not in "".join(page.locator("div.cell_input").all_inner_texts())


@pytest.mark.parametrize("path", ["docs/index.html", "notebooks/gradient_in_flux.html"])
def test_the_theatre_is_alive(visit, path):
    page = visit.open(path)
    page.wait_for_selector(".fb-theatre.live")
    stage = page.locator(".fb-theatre").first
    assert "6.9093" in stage.inner_text() and "2.58385" in stage.inner_text()
    before = stage.inner_html()
    slider = stage.locator("input[type=range]").first
    slider.focus()
    slider.press("ArrowRight" if slider.input_value() == "0" else "ArrowLeft")
    assert stage.inner_html() != before


def test_every_page_is_free_of_the_network(address):
    """Scripts, styles, pictures and fonts of other places would be asked for when the page is opened."""
    import re

    foreign = re.compile(
        r"<(?:script|img|iframe|source)[^>]+src=[\"'](?:https?:)?//[^>]*>"
        r"|<link(?![^>]+rel=[\"']canonical)[^>]+href=[\"'](?:https?:)?//[^>]*>"
    )
    pages = list(SITE.rglob("*.html"))
    assert len(pages) > 60
    for path in pages:
        assert foreign.findall(path.read_text(encoding="utf-8")) == [], path.name
    for path in SITE.rglob("*.css"):
        assert not re.search(r"(?:@import|url\()\s*[\"']?(?:https?:)?//", path.read_text(encoding="utf-8")), (
            path
        )
