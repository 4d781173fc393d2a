"""Normal and exponential numbers by the ziggurat of Marsaglia and Tsang, as in Julia.

G. Marsaglia and W. W. Tsang, "The ziggurat method for generating random variables", Journal of Statistical
Software 5 (2000), 8. The area under the density is cut into 256 strips of equal area. 52 random bits give a
strip and a place in it, which is below the curve for sure in 99 of 100 cases.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, localcontext
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np

from .logarithm import log

DIGITS = 40

# Where the last strip ends and the tail begins, and the area of the tail.
NORMAL_EDGE = Decimal("3.65415288536100879635194725185604664812733315920964488827246397029393565706474")
NORMAL_TAIL = Decimal("2.580324876539008898343885504487203185398584536409033046076029509351995983934371e-4")
EXPONENTIAL_EDGE = Decimal("7.69711747013104971404462804811408952334296818528283253278834867283241051210533")
PI = Decimal("3.14159265358979323846264338327950288419716939937510582097494459230781640628620899863")

Draw = Callable[[], int]  # the next 52 random bits
Uniform = Callable[[], float]  # the next number in [0, 1)


@dataclass(frozen=True, eq=False)
class Ziggurat:
    """A density that falls from 1 at zero; `signed` says whether it has a left half, too.

    Strip i reaches to the place 2^bits * `width[i]`, is below the curve up to the place `sure[i]`, and
    the density at its outer end is `height[i]`.
    """

    signed: bool
    sure: np.ndarray
    width: np.ndarray
    height: np.ndarray
    density: Callable[[Any], Any]
    tail: Callable[[int, Uniform], float]

    def __post_init__(self) -> None:
        lists = self.sure.tolist(), self.width.tolist(), self.height.tolist()
        object.__setattr__(self, "_lists", lists)

    def candidates(self, random: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """For an array of 52 random bits each: the numbers, and whether they are accepted at once."""
        place = random.view(np.int64)
        if self.signed:
            sign = 1 - ((place & 1) << 1)
            place = place >> 1
        strip = place & 0xFF
        sure = place < self.sure.take(strip)
        return (place * sign if self.signed else place) * self.width.take(strip), sure

    def edges(self, random: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, ...]:
        """For other candidates: place, density at the lower edge of the strip, its height, their density.

        A uniform number decides between the edges. The height is 0 in the tail.
        """
        place = random.view(np.int64) >> 1 if self.signed else random.view(np.int64)
        strip = place & 0xFF
        below = self.height[strip]
        high = np.where(strip == 0, 0.0, self.height[strip - 1] - below)
        return place, below, high, self.density(values)

    def one(self, random: int, draw: Draw, uniform: Uniform) -> float:
        """The number for 52 random bits; draws more of them after a rejection."""
        sure, width, height = self._lists  # type: ignore[attr-defined]
        while True:
            place = random >> 1 if self.signed else random
            strip = place & 0xFF
            x = (-place if self.signed and random & 1 else place) * width[strip]
            if place < sure[strip]:
                return x
            if strip == 0:
                return self.tail(place, uniform)
            below = height[strip]
            if (height[strip - 1] - below) * uniform() + below < self.density(x):
                return x
            random = draw()


def _build(
    signed: bool, edge: Decimal, tail_area: Decimal, exact: Callable, inverse: Callable, **functions: Any
) -> Ziggurat:
    places = 2 ** (51 if signed else 52)
    area = edge * exact(edge) + tail_area
    ends, heights = [edge], [exact(edge)]
    for _ in range(254):  # from the outside to the inside, each strip on top of the one before
        heights.append(area / ends[-1] + heights[-1])
        ends.append(inverse(heights[-1]))
    sure = [int(inner / outer * places) for outer, inner in pairwise(ends)]
    first = [int(edge * heights[0] / area * places), 0]
    width = [area / heights[0] / places] + [x / places for x in reversed(ends)]
    height = [1.0] + [float(y) for y in reversed(heights)]
    return Ziggurat(
        signed, np.array(first + sure[::-1]), np.array(width, float), np.array(height), **functions
    )


@cache
def normal() -> Ziggurat:
    with localcontext() as context:
        context.prec = DIGITS
        return _build(
            True,
            NORMAL_EDGE,
            NORMAL_TAIL * (PI / 2).sqrt(),
            exact=lambda x: (-x * x / 2).exp(),
            inverse=lambda y: (-2 * y.ln()).sqrt(),
            density=lambda x: np.exp(-0.5 * x * x),
            tail=_normal_tail,
        )


@cache
def exponential() -> Ziggurat:
    with localcontext() as context:
        context.prec = DIGITS
        return _build(
            False,
            EXPONENTIAL_EDGE,
            (-EXPONENTIAL_EDGE).exp(),
            exact=lambda x: (-x).exp(),
            inverse=lambda y: -y.ln(),
            density=lambda x: np.exp(-x),
            tail=lambda place, uniform: float(EXPONENTIAL_EDGE) - log(uniform()),
        )


def _normal_tail(place: int, uniform: Uniform) -> float:
    edge = float(NORMAL_EDGE)
    while True:
        x = -(1 / edge) * log(uniform())
        y = -log(uniform())
        if y + y > x * x:
            return -edge - x if place >> 8 & 1 else edge + x
