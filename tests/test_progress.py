"""How far a loop is, on a terminal and elsewhere, with and without tqdm."""

import io
import sys

import pytest

from fluxbridge import progress
from fluxbridge.progress import Progress


class Terminal(io.StringIO):
    def isatty(self):
        return True


def shown(monkeypatch, stream, items, **options):
    monkeypatch.setattr(sys, "stderr", stream)
    bar = Progress("work", items, **options)
    for k, item in enumerate(bar):
        assert item == k
        bar.note(f"note {k}")
    return stream.getvalue()


def test_nothing_is_shown_where_there_is_no_terminal(monkeypatch):
    monkeypatch.setattr(progress, "PATIENCE", -1.0)
    assert shown(monkeypatch, io.StringIO(), range(3), delay=0.0) == ""


@pytest.mark.parametrize(
    ("items", "last"), [(range(3), "work: 3 of 3 note 2"), (iter(range(3)), "work: 3 note 2")]
)
def test_a_line_without_the_library(monkeypatch, items, last):
    monkeypatch.setitem(sys.modules, "tqdm", None)
    ticks = iter(range(100))
    monkeypatch.setattr(progress.time, "monotonic", lambda: 10.0 * next(ticks))
    text = shown(monkeypatch, Terminal(), items)
    assert text.startswith("\r\x1b[Kwork: 1") and last in text
    assert text.endswith("\r\x1b[K")  # it is removed


def test_a_short_loop_shows_nothing(monkeypatch):
    monkeypatch.setitem(sys.modules, "tqdm", None)
    assert shown(monkeypatch, Terminal(), range(3)) == ""
    monkeypatch.delitem(sys.modules, "tqdm")
    pytest.importorskip("tqdm")
    assert "work" not in shown(monkeypatch, Terminal(), range(3))


def test_a_bar_is_removed_when_the_loop_ends_early(monkeypatch):
    pytest.importorskip("tqdm")
    monkeypatch.setattr(sys, "stderr", Terminal())
    closed = []
    loop = iter(Progress("work", range(3), delay=0.0))
    next(loop)
    bar = loop.gi_frame.f_locals["self"]._shown
    monkeypatch.setattr(bar, "close", lambda: closed.append(True))
    loop.close()
    assert closed and "work" in sys.stderr.getvalue()
