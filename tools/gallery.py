"""Writes the pages of docs/gallery: ``python tools/gallery.py``.

``python tools/gallery.py picture`` takes the picture of the theatre for the README; that needs playwright.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

import numpy as np

from fluxbridge.explanation import Explanation, explain

DOCS = Path(__file__).parent.parent / "docs"
PLACE = DOCS / "gallery"


def babylonian(a):
    x = (1 + a) / 2
    while abs(x * x - a) > 1e-12:
        x = (x + a / x) / 2
    return x


def network(W, b, w):
    x = np.array([1.0, -0.5])
    h = np.tanh(W @ x + b)
    yhat = w @ h
    return (yhat - 1.0) ** 2


def convolution(kernel):
    signal = np.array([0.0, 1.0, 2.0, 1.0, 0.0])
    edges = np.convolve(signal, kernel, mode="valid")
    return np.sum(np.maximum(edges, 0))


def recurrence(w, u):
    h = 0.0
    for x in [1.0, -0.5, 0.25]:
        h = np.tanh(w * h + u * x)
    return h


def kink(x):
    return abs(x) + np.maximum(x, 0)


def svm(w, b):
    points = [(2.0, 1), (0.5, 1), (-1.0, -1)]
    loss = 0.05 * w**2
    for x, y in points:
        loss = loss + np.maximum(0.0, 1 - y * (w * x + b))
    return loss


def pages() -> dict[str, tuple[str, Explanation]]:
    """The name of each page, what it shows in a sentence, and its explanation."""
    W, b = np.array([[0.5, -0.25], [0.75, 0.5]]), np.array([0.1, -0.2])
    return {
        "babylonian": (
            "The Babylonian root: a loop, through which the derivative of the square root comes back.",
            explain(babylonian, 2.0),
        ),
        "network": (
            "A shallow network with two hidden units and its squared error.",
            explain(network, W, b, np.array([1.0, -0.5])),
        ),
        "convolution": (
            "A convolution that looks for edges, and the rectifier.",
            explain(convolution, np.array([1.0, 0.0, -1.0])),
        ),
        "recurrence": (
            "A recurrence: one weight is used at three times, and its cotangent is a sum.",
            explain(recurrence, 0.8, 1.2),
        ),
        "kink": (
            "`|x| + max(x, 0)` at 0, where there is no derivative but a fan of subgradients.",
            explain(kink, 0.0),
        ),
        "svm": (
            "A support vector machine with one weight: hinges, level lines and ways downhill.",
            explain(svm, 0.5, 0.25),
        ),
    }


HEAD = """# Gallery

Made by `python tools/gallery.py`; do not edit. Each page is one file of HTML that needs no network: download
it and open it in a browser. Walk with the slider or the arrow keys, change the arguments and watch.
[How to make one](../explain.md#theatre)

| page | |
| --- | --- |
"""


def write(place: Path) -> None:
    place.mkdir(parents=True, exist_ok=True)
    index = HEAD
    for name, (says, explanation) in pages().items():
        explanation.save(place / f"{name}.html")
        index += f"| [{name}]({name}.html) | {says} |\n"
    (place / "README.md").write_text(index, "utf8")


def photograph(file: Path) -> None:
    """The theatre of the Babylonian root, in the middle of the way back."""
    from playwright.sync_api import sync_playwright

    names = ("chromium", "chromium-browser", "google-chrome")
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        path = next(filter(None, map(shutil.which, names)), None)
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 735})
        page.goto(explain(babylonian, 2.0).save(Path(folder) / "page.html").as_uri())
        page.wait_for_selector(".stage .panes svg")
        page.focus(".pane.tables")
        for _ in range(4):
            page.keyboard.press("ArrowLeft")
        page.locator(".pane.tables").evaluate("(pane) => { pane.scrollTop = 0; pane.blur(); }")
        page.screenshot(path=file)
        browser.close()


if __name__ == "__main__":
    if sys.argv[1:] == ["picture"]:
        photograph(DOCS / "pictures" / "theatre.png")
    else:
        write(Path(sys.argv[1]) if len(sys.argv) > 1 else PLACE)
