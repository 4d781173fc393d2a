"""A library of layers that registers itself: what the checks and the verification make of it."""

from __future__ import annotations

import contextlib

import numpy as np
import pytest

from fluxbridge import cross_check, models, verifying, withgradient


class Scaled:
    """A layer of another library: `w` is trained, `shift` is a setting."""

    def __init__(self):
        self.w, self.shift = np.array([2.0, 3.0]), np.array([0.5, 0.25])

    def __call__(self, x):
        return self.w * x + self.shift + Draws.draw()


class Draws:
    """Random numbers that are repeated in each run, as a library offers them."""

    running = None
    drawn = 0

    def __init__(self):
        self.numbers = []

    @contextlib.contextmanager
    def run(self):
        before, Draws.running = Draws.running, self
        try:
            yield
        finally:
            Draws.running = before

    @classmethod
    def draw(cls):
        if cls.running is not None and cls.running.numbers:
            return cls.running.numbers[0]
        cls.drawn += 1
        if cls.running is not None:
            cls.running.numbers.append(float(cls.drawn))
        return float(cls.drawn)


@pytest.fixture
def library(monkeypatch):
    monkeypatch.setattr(models, "_libraries", [])
    models.register(models.LayerLibrary(lambda x: isinstance(x, Scaled), lambda layer: [layer.w], Draws))


def test_only_what_is_trained_is_moved_and_all_runs_draw_the_same(library):
    x = np.array([0.1, 0.2])
    report = cross_check(lambda m, x: np.sum(m(x) ** 2), Scaled(), x, engines=["finite differences"])
    assert report, str(report)
    assert [line.path for line in report.lines] == ["[0].w", "[1]"]
    assert any("draws random numbers" in note for note in report.notes)


def test_verification_draws_the_same(library):
    with verifying():
        value, _ = withgradient(lambda m: np.sum(m(1.0)), Scaled())
    assert np.isfinite(value)


def test_without_a_library_nothing_is_a_layer(monkeypatch):
    monkeypatch.setattr(models, "_libraries", [])
    assert not models.is_layer(Scaled()) and models.replays() == []
    with pytest.raises(LookupError, match="Scaled is no layer"):
        models.trainables(Scaled())
    report = cross_check(lambda m: np.sum(m.w * m.shift), Scaled(), engines=["finite differences"])
    assert [line.path for line in report.lines] == ["[0].w", "[0].shift"]
