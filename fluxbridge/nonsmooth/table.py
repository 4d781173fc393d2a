"""Where each primitive is not smooth: one line a primitive, by its name. What has no line is smooth.

A line is a :class:`~.kink.Kink` or a tuple of them.
"""

from __future__ import annotations

import numpy as np

from ..autodiff.primitive import Primitive, entry, plain
from . import layers, rivals
from .kink import Kink
from .rivals import pair

SELU_SCALE = 1.0507009873554805  #: λ of Klambauer et al. 2017
SELU_FALL = 1.7580993408473766  #: λ·α of the same

_STEEP_AT_ZERO = Kink("x ~ 0", word="an infinite slope at 0", sort="steep")
_STEEP_ROOT = Kink(rivals.steep_root, word="an infinite slope at 0 for exponents below 1", sort="steep")
_STEEP_A = Kink("a ~ 0", word="an infinite slope where a ends", sort="steep")
_STEEP_ENDS = Kink("x ~ 1; x ~ -1", word="an infinite slope at both ends", sort="steep")
_ABS = Kink("x ~ 0", ("1", "-1"), "a corner at 0")
_LARGER = Kink("a ~ b", ("1, 0", "0, 1"), "the larger one gets the derivative")
_SMALLER = Kink("a ~ b", ("0, 1", "1, 0"), "the smaller one gets the derivative")
_TIES = Kink(rivals.row_of, word="equal elements may stand in either order", sort="order")
_TIP = Kink(rivals.components, word="the tip of a cone: any vector of length 1 may come out", sort="cone")
_EQUAL_VALUES = "values that are equal part differently in every direction"


def _extreme(word: str, sign: float) -> Kink:
    text = f"the {word} gets the derivative, whichever of the equals it is"
    return Kink(rivals.extremes(sign), word=text)


def _step(jumps: object) -> Kink:
    """The kinks of a function that is constant between its jumps."""
    return Kink(jumps, ("0", "0"), "a jump between constant pieces", "jump")  # type: ignore[arg-type]


def _between(low: str, high: str, slope: str = "1") -> tuple[Kink, Kink]:
    """The kinks of a line between two flat ends."""
    return (
        Kink(f"x ~ {low}", (slope, "0"), f"flat below {low}"),
        Kink(f"x ~ {high}", ("0", slope), f"flat above {high}"),
    )


KINKS: dict[str, Kink | tuple[Kink, ...]] = {
    # -- arithmetic and elementary functions
    "absolute": (
        Kink(rivals.sign_change, ("1", "-1"), "a corner at 0"),
        Kink(rivals.modulus_at_zero, word="the tip of a cone", sort="cone"),
    ),
    "fabs": _ABS,
    "sign": Kink("x ~ 0", ("0", "0"), "a jump from -1 to 1", "jump"),
    "maximum": _LARGER,
    "fmax": _LARGER,
    "minimum": _SMALLER,
    "fmin": _SMALLER,
    "remainder": Kink("divide(a, b) ~ whole(divide(a, b))", word="a jump at multiples of b", sort="jump"),
    "fmod": Kink(
        "where(whole(divide(a, b)) == 0, 1.0, divide(a, b) - whole(divide(a, b))) ~ 0",
        word="a jump at multiples of b other than 0",
        sort="jump",
    ),
    "copysign": (
        Kink("a ~ 0", ("copysign(1.0, b), 0", "-copysign(1.0, b), 0"), "that of abs(a)"),
        Kink("b ~ 0", word="a jump where b changes its sign", sort="jump"),
    ),
    "hypot": Kink(pair, word="the tip of a cone", sort="cone"),
    "power": _STEEP_ROOT,
    "literal_power": _STEEP_ROOT,
    "sqrt": _STEEP_AT_ZERO,
    "cbrt": _STEEP_AT_ZERO,
    "arcsin": _STEEP_ENDS,
    "arccos": _STEEP_ENDS,
    "arccosh": Kink("x ~ 1", word="an infinite slope at 1", sort="steep"),
    "arctan2": Kink("where(b <= 0, a, 1.0) ~ 0", word="a jump by 2π behind the origin", sort="jump"),
    # -- choosing, rounding, sorting, reductions
    "where": Kink(lambda *_inputs: None, word="where the comparison that made the condition is undecided"),
    "floor": _step("x ~ whole(x)"),
    "ceil": _step("x ~ whole(x)"),
    "rint": _step("x ~ half(x)"),
    "round": _step(rivals.between_decimals),
    "around": _step(rivals.between_decimals),
    "fix": _step("where(whole(x) == 0, 1.0, x - whole(x)) ~ 0"),
    "heaviside": Kink("a ~ 0", ("0, 0", "0, 0"), "a jump from 0 to 1", "jump"),
    "clip": (
        Kink(
            lambda x, low, _high: None if low is None else pair(x, low),
            ("1, 0, 0", "0, 1, 0"),
            "x or its lower limit gets the derivative",
        ),
        Kink(
            lambda x, _low, high: None if high is None else pair(x, high),
            ("0, 0, 1", "1, 0, 0"),
            "x or its upper limit gets the derivative",
        ),
    ),
    "sort": _TIES,
    "partition": _TIES,
    "max": _extreme("largest", 1.0),
    "min": _extreme("smallest", -1.0),
    "std": Kink(
        rivals.deviations_of, word="the tip of a cone: no element deviates from the mean", sort="cone"
    ),
    # -- linear algebra
    "norm2": _TIP,
    "normp": (
        _TIP,
        Kink(
            lambda x, p, **_options: None if p >= 1 or np.iscomplexobj(plain(x)) else pair(x, 0.0),
            word="an infinite slope at elements that are 0, for p below 1",
            sort="steep",
        ),
    ),
    "eigh": Kink(
        lambda a, UPLO="L": rivals.gaps_between(np.linalg.eigh(plain(a), UPLO)[0]),
        word=_EQUAL_VALUES,
        sort="split",
    ),
    "eig": Kink(lambda a: rivals.gaps_between(np.linalg.eigvals(plain(a))), word=_EQUAL_VALUES, sort="split"),
    "svd": Kink(rivals.singular_gaps, word=_EQUAL_VALUES + ", and zero ones as abs does", sort="split"),
    "roots": Kink(
        lambda p: rivals.gaps_between(np.roots(plain(p))),
        word="a root that occurs twice has no slope",
        sort="split",
    ),
    # -- special functions
    "entr": _STEEP_AT_ZERO,
    "rel_entr": _STEEP_A,
    "kl_div": _STEEP_A,
    "xlogy": Kink("b ~ 0", word="log(b) ends here", sort="steep"),
    "xlog1py": Kink("b ~ -1", word="log(1 + b) ends here", sort="steep"),
    "special.cbrt": _STEEP_AT_ZERO,
    "i0e": Kink("x ~ 0", ("-1", "1"), "the corner of exp(-abs(x))"),
    "ive": Kink("b ~ 0", word="the corner of exp(-abs(b))"),
    "spence": _STEEP_AT_ZERO,
    # -- activations and layers
    "hardsigmoid": _between("-3", "3", f"{1 / 6!r}"),
    "hardtanh": _between("-1", "1"),
    "relu": Kink("x ~ 0", ("1", "0"), "flat below 0"),
    "relu6": _between("0", "6"),
    "hardswish": (
        Kink("x ~ -3", ("-0.5", "0"), "flat below -3"),
        Kink("x ~ 3", ("1", "1.5"), "straight above 3"),
    ),
    "selu": Kink("x ~ 0", (f"{SELU_SCALE!r}", f"{SELU_FALL!r}"), "steeper below 0"),
    "leakyrelu": Kink("a ~ 0", ("1, 0", "b, 0"), "less steep below 0"),
    "elu": Kink("where(b == 1, 1.0, a) ~ 0", ("1, 0", "b, 0"), "a corner at 0 unless alpha is 1"),
    "trelu": (
        Kink("where(b == 0, 1.0, a - b) ~ 0", ("1, 0", "0, 0"), "a jump at theta", "jump"),
        Kink("where(b == 0, a, 1.0) ~ 0", ("1, 0", "0, 0"), "flat below 0"),
    ),
    "softshrink": (
        Kink("a ~ b", ("1, -1", "0, 0"), "flat below lambda"),
        Kink("a ~ -b", ("0, 0", "1, 1"), "flat above -lambda"),
    ),
    "maxpool": Kink(
        layers.windows, word="the largest of a window gets the derivative, whichever of the equals"
    ),
    "scatter_max": Kink(layers.gathered(1.0), word="the largest that goes to a place gets the derivative"),
    "scatter_min": Kink(layers.gathered(-1.0), word="the smallest that goes to a place gets the derivative"),
    "grid_sample": Kink(
        layers.pixels, word="a corner where a point lies on a pixel; the slope is that above it"
    ),
}


def kinks_of(primitive: Primitive) -> tuple[Kink, ...]:
    """The kinks of a primitive: none, one, or several."""
    kinks = entry(KINKS, primitive) or ()
    return kinks if isinstance(kinks, tuple) else (kinks,)
