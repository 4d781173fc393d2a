"""All smooth pieces that meet at a point, found one from the other.

Every piece is given by a sequence of decisions, each of which holds for directions that satisfy a few
linear inequalities. To find other pieces, keep the first decisions of a known piece, negate the next one,
solve for a direction, and evaluate f there. (Concolic testing explores the paths of a program in the same
way.)
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ..autodiff.native import withgradient as native_gradient
from ..errors import FluxbridgeError
from ..recording.point import Point
from .hull import direction_inside
from .pieces import Decision, Piece


class TooManyKinksError(FluxbridgeError, RuntimeError):
    """More pieces meet at the point than were asked for."""


class Search:
    """The pieces at `point`, `pieces`, and what is known about their completeness, `notes`."""

    def __init__(
        self, f: Callable[..., Any], point: Point, tol: float, limit: int, seed: int, extra: int | None
    ):
        self.f, self.point, self.tol, self.limit = f, point, tol, limit
        self.pieces: list[Piece] = []
        self.notes: list[str] = []
        self.exact = True
        self._base = point.value(f)
        self._jumps = False
        self._runs = 0
        self._conflicts: list[np.ndarray] = []
        self._rng = np.random.default_rng(seed)
        self._follow()
        self._look_around(min(64, 4 * point.size + 8) if extra is None else extra)
        self._look_along_borders()
        self._judge()

    def piece(self, direction: np.ndarray) -> Piece:
        self._runs += 1
        if self._runs > 16 * self.limit + 64:
            raise self._too_many(f"{self._runs - 1} pieces were looked at")
        return Piece(self.f, self.point, direction, self.tol)

    def _too_many(self, what: str) -> TooManyKinksError:
        return TooManyKinksError(
            f"subgradients: {what} and there are more, because too many kinks meet at this point; "
            "raise max_vertices, or use is_subgradient or directional, which need no list of them."
        )

    # -- systematically --------------------------------------------------------------------------------

    def _follow(self) -> None:
        start = self.piece(self._random())
        waiting = [(start, 0)]
        while waiting:
            piece, first = waiting.pop()
            self._enter(piece)
            decisions = list(piece.decisions())
            if len(decisions) <= first:
                continue
            rows = [d.rows(d.answer) for d in decisions]
            if piece is start:
                self._count(decisions, rows)
            for j, decision in enumerate(decisions[first:], first):
                if decision.undecided:
                    self._note("some comparison is equal to first order, so it was settled by samples")
                for answer in range(decision.count):
                    if answer != decision.answer:
                        other = self._turned(decisions, rows, j, answer)
                        waiting += [] if other is None else [(other, j + 1)]

    def _count(self, decisions: list[Decision], rows: list[np.ndarray]) -> None:
        """Raise TooManyKinksError at once if independent decisions have too many combinations."""
        combinations = math.prod(d.count for d in decisions)
        if combinations > 16 * self.limit + 64 and not any(d.sort == "order" for d in decisions):
            together = np.concatenate(rows)
            if np.linalg.matrix_rank(together) == len(together):
                raise self._too_many(f"{combinations} pieces meet here")

    def _turned(self, decisions: list[Decision], rows: list[np.ndarray], j: int, answer: int) -> Piece | None:
        """A piece that agrees before decision j and answers it differently."""
        wanted = np.concatenate([*rows[:j], decisions[j].rows(answer)])
        sizes = np.linalg.norm(wanted, axis=1)
        known = max(1.0, float(np.max(sizes, initial=0.0)))
        idle = sizes <= 1e-9 * known
        if np.any(idle[len(wanted) - decisions[j].count + 1 :]):
            return None  # to first order no direction separates these two
        wanted = wanted[~idle]
        direction = direction_inside(wanted)
        if direction is None:
            if len(self._conflicts) < 32 and np.linalg.matrix_rank(wanted) < self.point.size:
                self._conflicts.append(wanted)
            return None
        piece = self.piece(self._generic(direction, wanted))
        theirs = list(piece.decisions())
        if piece.outside:
            self._enter(piece)
            return None
        same = len(theirs) > j and all(
            a.key == b.key and a.answer == b.answer for a, b in zip(decisions[:j], theirs, strict=False)
        )
        if same and theirs[j].key == decisions[j].key and theirs[j].answer == answer:
            return piece
        self._enter(piece)
        self._note("a kink is curved so that a direction did not lead where its slope says")
        return None

    def _generic(self, direction: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """A direction nearby that satisfies the same inequalities and no accidental equality."""
        margin = float(np.min(rows @ direction / np.linalg.norm(rows, axis=1)))
        nudge = self._rng.normal(size=direction.size)
        return direction + 0.3 * margin * nudge / np.linalg.norm(nudge)

    def _random(self) -> np.ndarray:
        v = self._rng.normal(size=self.point.size)
        return v / np.linalg.norm(v)

    # -- by samples ------------------------------------------------------------------------------------

    def _look_around(self, count: int) -> None:
        """Sample random directions for pieces that were missed."""
        if self.point.size == 1:
            directions = [np.array([1.0]), np.array([-1.0])]
        else:
            directions = [self._random() for _ in range(count)]
        for direction in directions:
            piece = self.piece(direction)
            if "cone" in piece.sorts:
                list(piece.decisions())  # for a cone, one sample finds the next
            new = self._enter(piece)
            if new and piece.way == "exact" and not piece.sorts & {"round cone", "split"}:
                self._note("samples found gradients that the kinks of the known pieces do not explain")

    def _look_along_borders(self) -> None:
        """Evaluate gradients at points along tangent borders, where pieces may lie that no ray enters."""
        for rows in self._conflicts:
            _, sizes, basis = np.linalg.svd(rows)
            rank = int(np.sum(sizes > 1e-9 * sizes[0]))
            for _ in range(4):
                straight = self._rng.normal(size=self.point.size - rank) @ basis[rank:]
                bent = self._rng.normal(size=rank) @ basis[:rank]
                asked = [self._gradient_at(t * straight + t * t * bent) for t in (1e-3, 2.5e-4)]
                gradients = [g for g in asked if g is not None]
                if len(gradients) < len(asked):
                    continue
                far = [min(np.max(np.abs(g - p.gradient)) for p in self.pieces) for g in gradients]
                if min(far) > 0.05 * max(1.0, float(np.max(np.abs(gradients[-1])))):
                    self._note("kinks touch along a curve, and between them there are other gradients")
                    return

    def _gradient_at(self, shift: np.ndarray) -> np.ndarray | None:
        try:
            gradient = native_gradient(self.f, self.point.at(shift))[1]
        except FluxbridgeError:
            return None
        vector = self.point.vector(gradient, "gradient")
        return vector if np.all(np.isfinite(vector)) else None

    def _enter(self, piece: Piece) -> bool:
        """Add a piece unless its gradient is known; is it new?"""
        if piece.outside:
            self.exact = False
            text = "f is not defined (or not finite) on one side of the point"
            if text not in self.notes:
                self.notes.append(text)
            return False
        slack = (1e-7 if piece.way == "exact" else 1e-4) * max(1.0, abs(self._base))
        self._jumps |= abs(piece.value - self._base) > slack
        if piece.way != "unbounded":
            for known in self.pieces:
                if known.way != "unbounded" and self.same(known.gradient, piece.gradient):
                    known.sorts |= piece.sorts
                    known.touched = [a or b for a, b in zip(known.touched, piece.touched, strict=True)]
                    if known.way == "limit" and piece.way == "exact":
                        known.gradient, known.way = piece.gradient, "exact"
                    return False
        elif any(np.array_equal(known.gradient, piece.gradient) for known in self.pieces):
            return False
        self.pieces.append(piece)
        if len(self.pieces) > self.limit:
            raise self._too_many(f"{self.limit} different gradients were found")
        return len(self.pieces) > 1

    def same(self, a: np.ndarray, b: np.ndarray) -> bool:
        return bool(np.max(np.abs(a - b)) <= 1e-6 * max(1.0, float(np.max(np.abs(a)))))

    def _note(self, text: str) -> None:
        self.exact = False
        if text not in self.notes:
            self.notes.append(text)

    def _judge(self) -> None:
        """Notes on the completeness of the list of pieces, by the sorts of kinks."""
        sorts = set().union(*[p.sorts for p in self.pieces]) if self.pieces else set()
        if self._jumps:
            self._note("f jumps here: it has no subgradient, and these are the limits of its gradients")
        if any(p.way == "unbounded" for p in self.pieces):
            self._note("the gradients nearby grow without bound, so f has no Clarke subdifferential here")
        if any(p.way == "limit" for p in self.pieces):
            why = "a call with a rule of its own" if "own rule" in sorts else "a step with an infinite slope"
            self._note(f"{why} is involved, so gradients at real points nearby were used")
        if any(p.way == "restless" for p in self.pieces):
            self._note("the gradients nearby do not settle: f is not piecewise smooth here")
        if "round cone" in sorts or "split" in sorts:
            self._note("the limits are infinitely many (the tip of a cone); these are samples of them")
        apart = max((p.apart for p in self.pieces), default=0.0)
        if apart:
            self._note(
                f"a kink that is {apart:.1g} away counts as one at the point (tol={self.tol:g} of the "
                "numbers it is made of); tol=0 takes only those at the point itself"
            )
        if not all(p.resolved for p in self.pieces):
            self._note("a comparison changes its answer nearer to the point than numbers can tell apart")
