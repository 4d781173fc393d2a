"""How explanations write the reverse rules of primitives that are not elementwise.

A row has a primitive's name and, for each input, a template: an expression in the names that the
rule itself has (``dy``, ``y``, the inputs, the options; the option ``where`` is called ``mask``).
Without ``dy`` in it, it is a local derivative, by which the cotangent is multiplied. The words are
NumPy's and those of explanation/words.py. A function makes the templates where they depend on shapes
or options; it answers None where no short formula holds, and then the rule's own name is shown.
The tests evaluate every one of them and compare with what the rule gave.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..autodiff.rules.linalg import cuts
from ..autodiff.rules.products import _contracted, _inverse, _rest
from ..autodiff.rules.reductions import count, divisible
from ..autodiff.rules.shaping import _repetitions

Template = str | None
Maker = Callable[..., Template]


def _index(*parts: Any) -> str:
    """The text of an index: ``[:, 1:3]``."""
    return "[" + ", ".join(parts) + "]"


def _at(axis: int, ndim: int, part: str) -> str:
    """The text of an index that takes `part` along one axis."""
    return _index(*[":"] * (axis % ndim), part)


def _by_axis(name: str) -> Maker:
    """A function with an axis that need not be said."""

    def make(_k: int, _dy: Any, _y: Any, _x: Any, **options: Any) -> Template:
        rest = [key for key in options if options[key] is not None and options[key] != 0]
        return f"{name}({', '.join(['dy', *(f'{key}={key}' for key in rest)])})"

    return make


# -- arithmetic, shapes, indices -------------------------------------------------------------------


def _power(k: int, _dy: Any, _y: Any, a: Any, b: Any) -> Template:
    a, b = np.asarray(a), np.asarray(b)
    if k == 0:
        return "b * a ** (b - 1.0)" if np.all(b != 0) else "b * a ** (b - 1.0) if b != 0"
    if np.iscomplexobj(a) or np.iscomplexobj(b):
        return "y * log(a + 0j)"
    if np.all(a > 0):
        return "y * log(a)"
    return "y * log(absolute(a))" if np.all(a != 0) else None


def _literal_power(k: int, _dy: Any, _y: Any, _x: Any, p: Any) -> Template:
    return None if k else "p * x ** (p - 1)" if p else "0"


def _reshape(_k: int, _dy: Any, _y: Any, _x: Any, order: str = "C", **_options: Any) -> Template:
    return "reshape(dy, shape(x))" if order == "C" else f"reshape(dy, shape(x), order={order!r})"


def _transpose(_k: int, dy: Any, _y: Any, _x: Any, axes: Any = None) -> Template:
    if axes is None:
        return "transposed(dy)" if np.ndim(dy) == 2 else "transpose(dy)"
    order = tuple(int(i) for i in np.argsort([a % np.ndim(dy) for a in axes]))
    return "transposed(dy)" if order == (1, 0) else f"transpose(dy, {order})"


def _roll(_k: int, _dy: Any, _y: Any, _x: Any, shift: Any, axis: Any = None) -> Template:
    back = tuple(-int(s) for s in shift) if np.ndim(shift) else -int(shift)
    return f"roll(dy, {back})" if axis is None else f"roll(dy, {back}, axis=axis)"


def _tile(_k: int, _dy: Any, _y: Any, x: Any, reps: Any) -> Template:
    counts = _repetitions(reps, np.ndim(x))
    lengths = (1,) * (len(counts) - np.ndim(x)) + np.shape(x)
    pairs = tuple(n for pair in zip(counts, lengths, strict=True) for n in pair)
    return f"reshape(sum(reshape(dy, {pairs}), axis={tuple(range(0, len(pairs), 2))}), shape(x))"


def _scatter(k: int, _dy: Any, _y: Any, *_parts: Any, indices: Any, **_options: Any) -> Template:
    return "dy" if indices[k] is Ellipsis else f"dy[indices[{k}]]"


def _pad(_k: int, _dy: Any, _y: Any, x: Any, pad_width: Any) -> Template:
    pairs = zip(pad_width, np.shape(x), strict=True)
    return "dy" + _index(*(f"{a}:{a + n}" for (a, _), n in pairs))


def _concatenate(k: int, dy: Any, _y: Any, *arrays: Any, axis: int) -> Template:
    start = sum(np.shape(a)[axis] for a in arrays[:k])
    return "dy" + _at(axis, np.ndim(dy), f"{start}:{start + np.shape(arrays[k])[axis]}")


def _stack(k: int, dy: Any, _y: Any, *_arrays: Any, axis: int = 0) -> Template:
    return "dy" + _at(axis, np.ndim(dy), str(k))


def _linspace(k: int, _dy: Any, _y: Any, *_ends: Any, num: int, endpoint: bool, axis: int) -> Template:
    if not endpoint or num < 2:
        return None
    steps = f"linspace(1, 0, {num})" if k == 0 else f"linspace(0, 1, {num})"
    return f"tensordot({steps}, {'dy' if axis == 0 else 'moveaxis(dy, axis, 0)'}, 1)"


def _clip(k: int, _dy: Any, _y: Any, _x: Any, low: Any, high: Any) -> Template:
    if low is not None and high is not None and np.any(np.greater(low, high)):
        return None
    if k:
        return "1 if x < low" if k == 1 else "1 if x > high"
    tests = [t for t, limit in (("(low <= x)", low), ("(x <= high)", high)) if limit is not None]
    return f"1 if {' & '.join(tests)}" if tests else "1"


# -- reductions --------------------------------------------------------------------------------------


def _spread(word: str, axis: Any, x: Any = None) -> str:
    if x is not None and np.ndim(x) == 0:
        return word
    return f"{word} * ones(shape(x))" if axis is None else f"spread({word}, axis, shape(x), keepdims)"


def _sum(_k: int, _dy: Any, _y: Any, x: Any, axis: Any = None, where: Any = True, **_o: Any) -> Template:
    return _spread("dy", axis, x) if where is True else f"select(mask, {_spread('dy', axis)})"


def _mean(_k: int, _dy: Any, _y: Any, x: Any, axis: Any = None, where: Any = True, **_o: Any) -> Template:
    if where is not True or not np.size(x):
        return None
    return f"{_spread('dy', axis, x)} / {count(np.shape(x), axis, True)}"


def _prod(_k: int, _dy: Any, y: Any, _x: Any, axis: Any = None, where: Any = True, **_o: Any) -> Template:
    if where is not True or not divisible(y):
        return None
    return "dy * conj(y) / conj(x)" if axis is None else f"{_spread('(dy * conj(y))', axis)} / conj(x)"


def _extreme(word: str) -> Maker:
    def make(
        _k: int,
        _dy: Any,
        _y: Any,
        _x: Any,
        axis: Any = None,
        initial: Any = None,
        where: Any = True,
        **_o: Any,
    ) -> Template:
        if initial is not None or where is not True:
            return None
        test = f"{word}(x)" if axis is None else f"{word}(x, axis=axis)"
        return f"select({test}, {'dy' if axis is None else _spread('dy', axis)})"

    return make


def _var(
    k: int, dy: Any, y: Any, x: Any, axis: Any = None, ddof: Any = 0, where: Any = True, **_o: Any
) -> Template:
    n = count(np.shape(x), axis, True) - ddof
    if where is not True or not n > 0:
        return None
    center = "mean(x)" if axis is None else "mean(x, axis=axis, keepdims=True)"
    word = "dy" if axis is None else _spread("dy", axis)
    return f"{word} * (2 / {n}) * (x - {center})"


def _std(
    k: int, dy: Any, y: Any, x: Any, axis: Any = None, ddof: Any = 0, where: Any = True, **_o: Any
) -> Template:
    n = count(np.shape(x), axis, True) - ddof
    if where is not True or not n > 0 or not np.all(np.asarray(y) > 1e-12):
        return None
    center = "mean(x)" if axis is None else "mean(x, axis=axis, keepdims=True)"
    word = f"dy / ({n} * y)" if axis is None else _spread(f"dy / ({n} * y)", axis)
    return f"{word} * (x - {center})"


def _cumsum(_k: int, _dy: Any, _y: Any, _x: Any, axis: Any = None, **_o: Any) -> Template:
    return "reshape(sum_of_later(dy, 0), shape(x))" if axis is None else "sum_of_later(dy, axis)"


def _cumprod(_k: int, _dy: Any, y: Any, _x: Any, axis: Any = None, **_o: Any) -> Template:
    if not divisible(y):
        return None
    if axis is None:
        return "reshape(sum_of_later(dy * conj(y), 0), shape(x)) / conj(x)"
    return "sum_of_later(dy * conj(y), axis) / conj(x)"


def _norm2(_k: int, _dy: Any, y: Any, _x: Any, axis: Any = None, keepdims: bool = False) -> Template:
    if np.any(np.equal(y, 0)):
        return None
    return "dy * x / y" if axis is None else f"{_spread('dy / y', axis)} * x"


def _normp(_k: int, _dy: Any, y: Any, x: Any, p: Any, axis: Any = None, keepdims: bool = False) -> Template:
    if np.any(np.equal(y, 0)) or np.any(np.equal(x, 0)):
        return None
    if axis is None:
        return "dy * unit(x) * (absolute(x) / y) ** (p - 1)"
    return f"{_spread('dy', axis)} * unit(x) * (absolute(x) / {_spread('y', axis)}) ** (p - 1)"


# -- products ------------------------------------------------------------------------------------------


def _matmul(k: int, _dy: Any, _y: Any, a: Any, b: Any) -> Template:
    n, m = np.ndim(a), np.ndim(b)
    if n >= 2 and m >= 2:
        return "adjoint(a) @ dy" if k else "dy @ adjoint(b)"
    if n == 1 and m == 1:
        return "dy * conj(a)" if k else "dy * conj(b)"
    if n == 1 and m == 2:
        return "outer(conj(a), dy)" if k else "conj(b) @ dy"
    if n == 2 and m == 1:
        return "adjoint(a) @ dy" if k else "outer(dy, conj(b))"
    return None


def _dot(k: int, dy: Any, y: Any, a: Any, b: Any) -> Template:
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return "dy * conj(a)" if k else "dy * conj(b)"
    return _matmul(k, dy, y, a, b) if max(np.ndim(a), np.ndim(b)) < 3 else None


def _vdot(k: int, _dy: Any, _y: Any, a: Any, b: Any) -> Template:
    if np.shape(a) != np.shape(b):
        return "reshape(a * dy, shape(b))" if k else "reshape(b * conj(dy), shape(a))"
    return "a * dy" if k else "b * conj(dy)"


def _matvec(k: int, _dy: Any, _y: Any, a: Any, b: Any) -> Template:
    if (np.ndim(a), np.ndim(b)) != (2, 1):
        return None
    return "adjoint(a) @ dy" if k else "outer(dy, conj(b))"


def _vecmat(k: int, _dy: Any, _y: Any, a: Any, b: Any) -> Template:
    if (np.ndim(a), np.ndim(b)) != (1, 2):
        return None
    return "outer(a, dy)" if k else "b @ conj(dy)"


def _outer(k: int, _dy: Any, _y: Any, a: Any, b: Any) -> Template:
    if np.ndim(a) != 1 or np.ndim(b) != 1:
        return "reshape(conj(ravel(a)) @ dy, shape(b))" if k else "reshape(dy @ conj(ravel(b)), shape(a))"
    return "conj(a) @ dy" if k else "dy @ conj(b)"


def _tensordot(k: int, _dy: Any, _y: Any, a: Any, b: Any, axes: Any = 2) -> Template:
    of_a, of_b = _contracted(np.ndim(a), np.ndim(b), axes)
    free_a, free_b = _rest(np.ndim(a), of_a), _rest(np.ndim(b), of_b)
    if k == 0:
        last = list(range(len(free_a), len(free_a) + len(free_b)))
        product = f"tensordot(dy, conj(b), ({last}, {free_b}))"
        order = free_a + [of_a[of_b.index(i)] for i in sorted(of_b)]
    else:
        product = f"tensordot(conj(a), dy, ({free_a}, {list(range(len(free_a)))}))"
        order = [of_b[of_a.index(i)] for i in sorted(of_a)] + free_b
    return product if order == sorted(order) else f"transpose({product}, {tuple(_inverse(order))})"


def _trace(
    _k: int, _dy: Any, _y: Any, x: Any, offset: int = 0, axis1: int = 0, axis2: int = 1, **_o: Any
) -> Template:
    if np.ndim(x) != 2 or (axis1 % 2, axis2 % 2) != (0, 1):
        return None
    n, m = np.shape(x)
    sizes = f"{n}" if n == m and not offset else f"{n}, {m}" + (f", {offset}" if offset else "")
    return f"dy * eye({sizes})"


def _convolve(k: int, _dy: Any, _y: Any, a: Any, v: Any, mode: str = "full") -> Template:
    own, other = ("v", "a") if k else ("a", "v")
    if mode == "full":
        return f"correlate(dy, {other}, 'valid')"
    if mode == "same" or np.iscomplexobj(a) or np.iscomplexobj(v):
        return None
    longer = np.size({"a": a, "v": v}[own]) >= np.size({"a": a, "v": v}[other])
    return f"convolve(dy, flip({other}))" if longer else f"flip(correlate({other}, dy, 'valid'))"


# -- matrices ------------------------------------------------------------------------------------------


def _solve(k: int, _dy: Any, _y: Any, a: Any, b: Any) -> Template:
    back = "inverse_adjoint(a) @ dy"
    if np.ndim(b) == 1:
        return None if np.ndim(a) != 2 else back if k else f"-outer({back}, conj(y))"
    return back if k else f"-({back}) @ adjoint(y)"


def _det(_k: int, dy: Any, _y: Any, _a: Any) -> Template:
    whole = "dy * conj(y)"
    return f"{whole} * inverse_adjoint(a)" if np.ndim(dy) == 0 else f"each({whole}) * inverse_adjoint(a)"


def _slogdet(_k: int, dy: Any, _y: Any, a: Any) -> Template:
    if np.iscomplexobj(a) or dy[1] is None:
        return None
    return "dy[1] * inverse_adjoint(a)" if np.ndim(a) == 2 else "each(dy[1]) * inverse_adjoint(a)"


def _qr(_k: int, dy: Any, y: Any, a: Any, mode: str = "reduced") -> Template:
    if mode != "reduced" or np.shape(a)[-2] < np.shape(a)[-1]:
        return None
    inner = [] if dy[1] is None else ["dy[1] @ adjoint(y[1])"]
    if dy[0] is not None:
        inner.append(("- " if inner else "-") + "adjoint(y[0]) @ dy[0]")
    outer = "" if dy[0] is None else "dy[0] + "
    return f"({outer}y[0] @ hermitian({' '.join(inner)})) @ inverse_adjoint(y[1])"


def _eigh(_k: int, dy: Any, y: Any, _a: Any, UPLO: str = "L") -> Template:
    if dy[1] is not None and np.iscomplexobj(y[1]):
        return None
    terms = [] if dy[0] is None else ["diagonal_matrix(dy[0])"]
    if dy[1] is not None:
        terms.append("(adjoint(y[1]) @ dy[1]) * inverse_gaps(y[0], dy[1])")
    word = "onto_lower" if UPLO.upper() == "L" else "onto_upper"
    return f"{word}(y[1] @ ({' + '.join(terms)}) @ adjoint(y[1]))"


def _eig(_k: int, dy: Any, _y: Any, _a: Any) -> Template:
    if dy[1] is not None:
        return None
    return "inverse_adjoint(y[1]) @ diagonal_matrix(dy[0]) @ adjoint(y[1])"


def _pinv(_k: int, _dy: Any, _y: Any, a: Any, rcond: Any, hermitian: bool) -> Template:
    if cuts(a, rcond) is not None:
        return None
    return (
        "(adjoint(dy) - a @ y @ adjoint(dy)) @ y @ adjoint(y)"
        " + adjoint(y) @ y @ (adjoint(dy) - adjoint(dy) @ y @ a)"
        " - adjoint(y) @ dy @ adjoint(y)"
    )


def _svd(_k: int, dy: Any, y: Any, _a: Any, full_matrices: bool) -> Template:
    small = np.shape(y[0])[-1] == np.shape(y[1])[-1] == np.shape(y[2])[-2]
    if dy[0] is not None or dy[2] is not None or not small:
        return None
    return "y[0] @ diagonal_matrix(dy[1]) @ y[2]"


def _fourier(back: str) -> Maker:
    def make(
        _k: int, dy: Any, _y: Any, x: Any, n: Any = None, axis: int = -1, norm: Any = None, **_o: Any
    ) -> Template:
        norm_ = {None: "forward", "backward": "forward", "forward": "backward", "ortho": "ortho"}[norm]
        length, given = np.shape(x)[axis], np.shape(dy)[axis]
        if back == "irfft":
            whole = length if n is None else n
            if whole != length:
                return None
            weights = f"half_weights({whole}, {np.ndim(x)}, {axis}, 0.5)"
            return f"irfft(dy * {weights}, {whole}, axis={axis}, norm={norm_!r})"
        if back == "rfft":
            if given // 2 + 1 != length:
                return None
            weights = f"half_weights({given}, {np.ndim(x)}, {axis}, 2.0)"
            return f"rfft(dy, axis={axis}, norm={norm_!r}) * {weights}"
        return f"{back}(dy, axis={axis}, norm={norm_!r})" if length == given else None

    return make


def _fourier_n(back: str) -> Maker:
    def make(_k: int, dy: Any, _y: Any, x: Any, s: Any, axes: Any, norm: Any) -> Template:
        norm_ = {None: "forward", "backward": "forward", "forward": "backward", "ortho": "ortho"}[norm]
        if np.shape(dy) != np.shape(x) or len(set(axes)) < len(axes):
            return None
        return f"{back}(dy, axes={tuple(axes)}, norm={norm_!r})"

    return make


def _roots(_k: int, _dy: Any, _y: Any, p: Any) -> Template:
    powers = f"column(dy / conj(polyval(polyder(p), y))) * conj(vander(y, {np.size(p)}))"
    return f"-sum({powers}, axis=0)"


def _affine(k: int, _dy: Any, _y: Any, _w: Any, x: Any, _b: Any) -> str:
    if k == 1:
        return "adjoint(w) @ dy"
    if np.ndim(x) == 1:
        return "dy" if k else "outer(dy, x)"
    return "sum(dy, axis=1)" if k else "dy @ adjoint(x)"


def _standardise(
    k: int, _dy: Any, _y: Any, _x: Any, _eps: Any, *affine: Any, shape: tuple[int, ...] = (), **_o: Any
) -> Template:
    if k != 3 or tuple([n for n in shape if n != 1]) != np.shape(affine[1]):
        return None
    rest = [i for i, n in enumerate(shape) if n == 1]
    return f"sum(dy, axis={rest[0] if len(rest) == 1 else tuple(rest)})"


def _einsum(k: int, _dy: Any, _y: Any, *arrays: Any, subscripts: str, **_options: Any) -> str | None:
    """The rule as an einsum of its own, where no axis is repeated, summed alone or broadcast."""
    inputs, _, output = subscripts.partition("->")
    terms = inputs.split(",")
    others = [(t, f"conj(x{i})") for i, t in enumerate(terms) if i != k]
    reached = set(output).union(*(t for t, _ in others))
    size: dict[str, int] = {}
    for term, x in zip(terms, arrays, strict=True):
        for letter, n in zip(term, np.shape(x), strict=True):
            if size.setdefault(letter, n) != n:
                return None
    if len(set(terms[k])) < len(terms[k]) or not set(terms[k]) <= reached:
        return None
    text = ",".join([output, *(t for t, _ in others)]) + "->" + terms[k]
    return f"einsum('{text}', {', '.join(['dy', *(x for _, x in others)])})"


SPHERICAL = ("spherical_in", "spherical_jn", "spherical_kn", "spherical_yn")

#: A template for each input, or a function (input number, dy, y, *inputs, **options) -> template.
#: Formatted by hand: a primitive a line.
SHOWN: dict[str, tuple[Template, ...] | Maker] = {
    "absolute": ("real(dy) * unit(x)",),
    "conjugate": ("conj(dy)",),
    "real": ("real(dy)",),
    "imag": ("real(dy) * 1j",),
    "power": _power,
    "literal_power": _literal_power,
    "reshape": _reshape,
    "transpose": _transpose,
    "swapaxes": ("swapaxes(dy, axis1, axis2)",),
    "moveaxis": ("moveaxis(dy, destination, source)",),
    "squeeze": ("reshape(dy, shape(x))",),
    "expand_dims": ("reshape(dy, shape(x))",),
    "broadcast_to": ("dy",),
    "flip": _by_axis("flip"),
    "rot90": ("rot90(dy, -k, axes=axes)",),
    "roll": _roll,
    "astype": ("dy",),
    "tile": _tile,
    "getitem": ("put(dy, index, shape(x))",),
    "scatter": _scatter,
    "tril": _by_axis("tril"),
    "triu": _by_axis("triu"),
    "diag": ("diagonal(dy, k)",),
    "where": (None, "where(c, dy, 0)", "where(c, 0, dy)"),
    "sum": _sum,
    "mean": _mean,
    "prod": _prod,
    "max": _extreme("first_max"),
    "min": _extreme("first_min"),
    "var": _var,
    "std": _std,
    "cumsum": _cumsum,
    "cumprod": _cumprod,
    "linspace": _linspace,
    "concatenate": _concatenate,
    "stack": _stack,
    "matmul": _matmul,
    "dot": _dot,
    "vdot": _vdot,
    "vecdot": ("column(conj(dy)) * b", "column(dy) * a"),
    "matvec": _matvec,
    "vecmat": _vecmat,
    "outer": _outer,
    "tensordot": _tensordot,
    "cross": ("cross(conj(b), dy)", "cross(dy, conj(a))"),
    "trace": _trace,
    "convolve": _convolve,
    "norm2": _norm2,
    "normp": _normp,
    "solve": _solve,
    "inv": ("-adjoint(y) @ dy @ adjoint(y)",),
    "pinv": _pinv,
    "det": _det,
    "slogdet": _slogdet,
    "cholesky": ("onto_lower(inverse_adjoint(y) @ half_lower(adjoint(y) @ tril(dy)) @ inv(y))",),
    "qr": _qr,
    "eigh": _eigh,
    "eig": _eig,
    "svd": _svd,
    "fft": _fourier("ifft"),
    "ifft": _fourier("fft"),
    "rfft": _fourier("irfft"),
    "irfft": _fourier("rfft"),
    "fftn": _fourier_n("ifftn"),
    "ifftn": _fourier_n("fftn"),
    "fftshift": _by_axis("ifftshift"),
    "ifftshift": _by_axis("fftshift"),
    "pad": _pad,
    "roots": _roots,
    "floor": ("0",), "ceil": ("0",), "rint": ("0",), "round": ("0",), "around": ("0",), "fix": ("0",),
    "clip": _clip,
    "sort": ("unsort(dy, x, axis)",),
    "bincount": ("dy[index]",),
    "sinc": ("sinc_derivative(x, n=1)",),
    "sinc_derivative": ("sinc_derivative(x, n=n + 1)",),
    "i0": ("bessel_i(x, n=1)",),
    "bessel_i": ("(bessel_i(x, n=absolute(n - 1)) + bessel_i(x, n=n + 1)) / 2",),
    "affine": _affine,
    "standardise": _standardise,
    **{f"einsum{count}": _einsum for count in range(1, 65)},  # one for each number of operands
    "special.logsumexp": (
        "spread(dy, axis, shape(x), keepdims) * conj(exp(x - spread(y, axis, shape(x), keepdims)))",
    ),
    "special.softmax": ("(dy - sum(dy * conj(y), axis=axis, keepdims=True)) * conj(y)",),
    "special.log_softmax": ("dy - sum(dy, axis=axis, keepdims=True) * conj(exp(y))",),
    "lambertw": ("1 / (exp(y) * (1 + y))",),
    **{name: (None, f"{name}(n, z, derivative=True)") for name in SPHERICAL},
    "sqrtm": ("solve_sylvester(adjoint(y), adjoint(y), dy)",),
}  # fmt: skip
