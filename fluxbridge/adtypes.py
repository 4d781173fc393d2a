"""AD types: who computes the derivative. They go after the function, as in Flux."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from . import differences, parity
from .autodiff import blocks, native
from .autodiff.implicit import Grads, ImplicitTrace, Params
from .autodiff.matrices import Structured
from .autodiff.primitive import plain
from .autodiff.structure import put_together, take_apart
from .errors import FluxbridgeError, NoRuleError, StructureError

_verifying = parity.wanted.get


class ADType:
    """An engine. A subclass must define `pullback`; everything else follows from it.

    `pullback(f, xs)` returns the value of ``f(*xs)`` and a function that takes a cotangent with the
    structure of the value and returns a tuple of cotangents with the structures of `xs`.
    """

    takes_source = False  #: may f be the text of a program?

    def pullback(self, f: Callable[..., Any], xs: Sequence[Any]) -> tuple[Any, Callable[..., Any]]:
        raise NotImplementedError

    def withgradient(self, f: Callable[..., Any], xs: Sequence[Any], aux: bool) -> tuple[Any, Any]:
        """Value and gradient; with `aux` the scalar may be the first of several outputs."""
        y, back = self.pullback(f, xs)
        native.check_scalar(native.first(y) if aux else y)
        return y, back(native.seed_like(y))

    def pushforward(self, f: Callable[..., Any], xs: Sequence[Any], dxs: Sequence[Any]) -> tuple[Any, Any]:
        """The value of f and its tangent along `dxs`, which has the structure of `xs` (or None).

        Composed of one pullback for every element of the value: dy = <dx, back(e)> for each unit cotangent e.
        """
        y, back = self.pullback(f, xs)
        tangents = native.with_tangents(xs, dxs)[1]
        arguments = take_apart(tuple(xs))[1]
        outputs, template = take_apart(y)
        if template is None or arguments is None:
            return y, None

        def along(k: int, seed: Any) -> float | None:
            """The tangent of what output k is paired with by `seed`."""
            seeds = [seed if i == k else None for i in range(len(outputs))]
            pulled = list(arguments.match(back(template.fill(seeds)), ""))
            if not pulled:
                return None
            parts = [np.conjugate(ct) * tangents[i] for i, ct, _ in pulled if tangents[i] is not None]
            return float(sum(np.sum(np.real(part)) for part in parts))

        return y, template.fill([_tangent_of(out, k, along) for k, out in enumerate(outputs)])

    def implicit_pullback(self, f: Callable[[], Any], params: Params) -> tuple[Any, Callable[..., Any]]:
        """The pullback of a function without arguments, to parameters that it finds by itself."""
        raise FluxbridgeError(f"{self!r} has no implicit parameters; pass the arrays as arguments")

    def implicit_withgradient(self, f: Callable[[], Any], params: Params, aux: bool) -> tuple[Any, Any]:
        """Value and gradient of such a function; with `aux` the scalar may be the first of several."""
        y, back = self.implicit_pullback(f, params)
        native.check_scalar(native.first(y) if aux else y)
        return y, back(native.seed_like(y))

    def withjacobian(self, f: Callable[..., Any], xs: Sequence[Any], order: str) -> tuple[Any, Any]:
        """One pullback for every element of the output."""
        if len(xs) == 1 and isinstance(xs[0], Params):
            y, jacobians = _jacobians(list(xs[0]), *self.implicit_pullback(f, xs[0]), order)
            return y, Grads(xs[0], jacobians)
        xs = [np.asarray(x) if isinstance(x, Structured) else x for x in xs]
        return _jacobians(xs, *self.pullback(f, xs), order)

    def hessian(self, f: Callable[..., Any], x: Any, order: str) -> Any:
        """The Jacobian of the gradient."""
        x = np.asarray(x) if isinstance(x, Structured) else x
        _check_hessian_argument(x)
        result = self.withjacobian(lambda z: self.withgradient(f, (z,), False)[1][0], (x,), order)[1][0]
        return result[0] if np.ndim(x) == 0 else result

    def hessian_reverse(self, f: Callable[..., Any], x: Any, order: str) -> Any:
        """The same, in reverse mode over reverse mode for every engine."""
        return ADType.hessian(self, f, x, order)

    def diaghessian(self, f: Callable[..., Any], xs: Sequence[Any]) -> tuple[Any, ...]:
        return tuple(self._diagonal(f, xs, k) for k in range(len(xs)))

    def _diagonal(self, f: Callable[..., Any], xs: Sequence[Any], k: int) -> Any:
        x = xs[k]
        if not _is_array_or_number(x):
            return None
        h = self.hessian(lambda z: f(*xs[:k], z, *xs[k + 1 :]), x, "C")
        return h if np.ndim(x) == 0 else np.reshape(np.diagonal(h), np.shape(x))

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


def _tangent_of(y: Any, k: int, along: Callable[[int, Any], float | None]) -> Any:
    """The tangent of output k, whose value is `y`, element by element."""
    tangent = np.zeros(np.shape(y), np.result_type(_dtype(y), np.float16))
    units = (1.0, 1j) if np.iscomplexobj(y) else (1.0,)
    dependent = tangent.size == 0
    for index in np.ndindex(tangent.shape):
        for unit in units:
            seed = np.zeros(tangent.shape, tangent.dtype)
            seed[index] = unit
            part = along(k, seed if isinstance(y, np.ndarray) else seed.item())
            dependent = dependent or part is not None
            tangent[index] += unit * (part or 0.0)
    return None if not dependent else tangent if isinstance(y, np.ndarray) else tangent.item()


def _is_array_or_number(x: Any) -> bool:
    return not isinstance(x, (bool, str, list, tuple, dict)) and hasattr(plain(x), "__abs__")


def _unit(shape: tuple[int, ...], k: int, order: str) -> Any:
    if shape == ():
        return 1.0
    e = np.zeros(shape)
    e[np.unravel_index(k, shape, order=order)] = 1.0  # type: ignore[call-overload]
    return e


def _jacobians(xs: Sequence[Any], y: Any, back: Callable[..., Any], order: str) -> tuple[Any, Any]:
    """The value and one Jacobian for each of `xs`, a row for every element of the value."""
    _check_jacobian_output(y)
    rows = [back(_unit(np.shape(y), k, order)) for k in range(int(np.size(y)))]
    return y, tuple(_jacobian_of(x, [row[i] for row in rows], y, order) for i, x in enumerate(xs))


def _check_jacobian_output(y: Any) -> None:
    if not _is_array_or_number(y):
        raise StructureError(f"jacobian expects an array or a number, but the function returned {y!r}")
    if np.iscomplexobj(plain(y)):
        raise StructureError("jacobian does not accept complex output")


def _jacobian_of(x: Any, parts: list[Any], y: Any, order: str) -> Any:
    """The Jacobian out of the cotangents of x for each element of y; None if x has none."""
    if not _is_array_or_number(x):
        return None
    zero = np.zeros(np.shape(x))
    rows = np.stack([zero if g is None else g for g in parts]) if parts else np.zeros((0, *np.shape(x)))
    return _as_matrix(x, rows, y, order)


def _as_matrix(x: Any, rows: Any, y: Any, order: str) -> Any:
    """The matrix (elements of y × elements of x), or for a number x a vector, out of rows shaped like x."""
    if np.ndim(x) or isinstance(plain(x), np.ndarray):
        rows = _flat_rows(rows, order)
    return _as_dtype(rows, np.result_type(_dtype(x), _dtype(y)))


def _flat_rows(rows: Any, order: str) -> Any:
    """Every row as a vector, its elements in C or F order."""
    if order == "F" and np.ndim(rows) > 2:
        rows = np.transpose(rows, (0, *range(np.ndim(rows) - 1, 0, -1)))
    return np.reshape(rows, (len(rows), int(np.prod(np.shape(rows)[1:]))))


def _dtype(x: Any) -> Any:
    x = plain(x)
    return x.dtype if hasattr(x, "dtype") else type(x)


def _as_dtype(x: Any, dtype: Any) -> Any:
    return x if plain(x).dtype == dtype else x.astype(dtype)


def _check_hessian_argument(x: Any) -> None:
    if not _is_array_or_number(x) or np.iscomplexobj(plain(x)):
        raise StructureError(f"hessian takes one real number or real array, not {x!r}")


class AutoNative(ADType):
    """fluxbridge's own engine on NumPy, the default.

    With ``verify=True`` the function is also run plainly, on copies of its arguments, and a value that
    differs is a :class:`~fluxbridge.errors.ParityError`; ``with fluxbridge.verifying():`` does the same for
    all calls inside. This costs one more run of the function, whose effects outside of its arguments happen
    twice.

    >>> from fluxbridge import AutoNative, withgradient
    >>> withgradient(lambda x: x**2, AutoNative(verify=True), 3.0)
    (val=9.0, grad=(6.0,))

    With ``compile=True`` the function and its gradient are recorded once, simplified and written as code
    without a tape, which later calls run (see docs/compiled.md). The results are the same; what cannot be
    compiled runs as always, and says so once. Programs that are called often are made machine code where
    Numba is installed; with ``compile="numpy"`` they never are, with ``compile="numba"`` at their third
    call, while the caller waits. `threads` is how many of them share elementwise work on large arrays in
    machine code.

    >>> withgradient(lambda x: x**2, AutoNative(compile=True), 3.0)
    (val=9.0, grad=(6.0,))
    """

    def __new__(cls, verify: bool = False, compile: bool | str = False, threads: int = 1) -> AutoNative:
        if compile and cls is AutoNative:
            return object.__new__(_Compiling)
        return object.__new__(cls)

    def __init__(self, verify: bool = False, compile: bool | str = False, threads: int = 1):
        self.verify = verify
        self.compile = compile
        self.threads = threads

    def __repr__(self) -> str:
        options = [f"{name}={getattr(self, name)!r}" for name in ("verify", "compile") if getattr(self, name)]
        options += [f"threads={self.threads}"] if self.threads != 1 else []
        return f"AutoNative({', '.join(options)})"

    @property
    def compiles(self) -> bool:
        """Are functions compiled? Those that are verified run as always."""
        return bool(self.compile) and not (self.verify or _verifying())

    def pullback(self, f: Callable[..., Any], xs: Sequence[Any]) -> tuple[Any, Callable[..., Any]]:
        if self.verify or _verifying():
            return parity.verified(f, xs, lambda f: native.pullback(f, xs))
        return native.pullback(f, xs)

    def withgradient(self, f: Callable[..., Any], xs: Sequence[Any], aux: bool) -> tuple[Any, Any]:
        if self.verify or _verifying():
            return parity.verified(f, xs, lambda f: native.withgradient(f, xs, aux))
        return native.withgradient(f, xs, aux)

    def pushforward(self, f: Callable[..., Any], xs: Sequence[Any], dxs: Sequence[Any]) -> tuple[Any, Any]:
        if self.verify or _verifying():
            return parity.verified(f, xs, lambda f: native.pushforward(f, xs, dxs))
        return native.pushforward(f, xs, dxs)

    def implicit_pullback(self, f: Callable[[], Any], params: Params) -> tuple[Any, Callable[..., Any]]:
        if self.verify or _verifying():
            return parity.verified_implicit(f, lambda f: native.pullback_of(ImplicitTrace(f, params)))
        return native.pullback_of(ImplicitTrace(f, params))

    def implicit_withgradient(self, f: Callable[[], Any], params: Params, aux: bool) -> tuple[Any, Any]:
        if self.verify or _verifying():
            return super().implicit_withgradient(f, params, aux)
        return native.gradient_of(ImplicitTrace(f, params), aux)

    def withjacobian(self, f: Callable[..., Any], xs: Sequence[Any], order: str) -> tuple[Any, Any]:
        """The seeds of all elements of the output, pulled back in blocks."""
        if len(xs) == 1 and isinstance(xs[0], Params):
            return super().withjacobian(f, xs, order)
        xs = [np.asarray(x) if isinstance(x, Structured) else x for x in xs]
        if self.verify or _verifying():
            return parity.verified(f, xs, lambda f: self._withjacobian(f, xs, order))
        return self._withjacobian(f, xs, order)

    def _withjacobian(self, f: Callable[..., Any], xs: Sequence[Any], order: str) -> tuple[Any, Any]:
        y, back = native.pullback(f, xs)
        _check_jacobian_output(y)
        wanted = [x if _is_array_or_number(x) else None for x in xs]
        rows = blocks.pulled(back, wanted, y, order)
        if rows is None:
            return _jacobians(xs, y, back, order)
        return y, tuple(
            None if x is None else _as_matrix(x, r, y, order) for x, r in zip(wanted, rows, strict=True)
        )

    def hessian(self, f: Callable[..., Any], x: Any, order: str) -> Any:
        """Forward over reverse: the gradient, pushed forward along all unit vectors, in blocks."""
        x = np.asarray(x) if isinstance(x, Structured) else x
        _check_hessian_argument(x)
        if self.verify or _verifying():
            return parity.verified(f, (x,), lambda f: self._hessian(f, x, order))
        return self._hessian(f, x, order)

    def _hessian(self, f: Callable[..., Any], x: Any, order: str) -> Any:
        columns = self._columns(f, (x,), 0)
        if np.ndim(x) == 0:
            return columns[0]
        if len(columns) == 0:
            return np.zeros((0, 0))
        h = np.transpose(_flat_rows(columns, order))
        if order == "F":  # the unit vectors come in C order
            h = h[:, np.reshape(np.arange(np.size(x)), np.shape(x)).ravel(order="F")]
        return _as_dtype(h, np.result_type(_dtype(x), _dtype(f(x))))

    def diaghessian(self, f: Callable[..., Any], xs: Sequence[Any]) -> tuple[Any, ...]:
        if self.verify or _verifying():
            return parity.verified(f, xs, lambda f: super(AutoNative, self).diaghessian(f, xs))
        return super().diaghessian(f, xs)

    @staticmethod
    def _columns(f: Callable[..., Any], xs: Sequence[Any], k: int) -> Any:
        """The tangents of the gradient by argument k along all unit vectors, in C order."""
        x = xs[k]

        def partial(z: Any) -> Any:
            return native.withgradient(lambda w: f(*xs[:k], w, *xs[k + 1 :]), (z,))[1][0]

        def push(e: Any) -> Any:
            tangent = native.pushforward(partial, (x,), (e,))[1]
            return e * 0.0 if tangent is None else tangent

        columns = blocks.pushed(push, x)
        if columns is None:
            tangents = [push(e) for e in native.basis(x)]
            columns = np.stack(tangents) if np.ndim(x) and tangents else tangents
        return columns

    def _diagonal(self, f: Callable[..., Any], xs: Sequence[Any], k: int) -> Any:
        x = xs[k]
        if not _is_array_or_number(x):
            return None
        columns = self._columns(f, xs, k)
        if np.ndim(x) == 0:
            return columns[0]
        n = int(np.size(x))
        if n == 0:
            return np.zeros(np.shape(x))
        return np.reshape(np.reshape(columns, (n, n))[np.arange(n), np.arange(n)], np.shape(x))


class _Compiling(AutoNative):
    """What ``AutoNative(compile=True)`` is."""

    def __init__(self, verify: bool = False, compile: bool | str = False, threads: int = 1):
        from .compiled import interface

        super().__init__(verify, compile, threads)
        self.programs = interface
        self.how = interface.how_of(compile, threads)

    def __reduce__(self) -> Any:
        return AutoNative, (self.verify, self.compile, self.threads)

    def pullback(self, f: Callable[..., Any], xs: Sequence[Any]) -> tuple[Any, Callable[..., Any]]:
        if self.verify or _verifying():
            return super().pullback(f, xs)
        return self.programs.pullback(f, xs, self.how)

    def withgradient(self, f: Callable[..., Any], xs: Sequence[Any], aux: bool) -> tuple[Any, Any]:
        if self.verify or _verifying():
            return super().withgradient(f, xs, aux)
        return self.programs.withgradient(f, xs, aux, self.how)

    def pushforward(self, f: Callable[..., Any], xs: Sequence[Any], dxs: Sequence[Any]) -> tuple[Any, Any]:
        if self.verify or _verifying():
            return super().pushforward(f, xs, dxs)
        return self.programs.pushforward(f, xs, dxs, self.how)

    def _withjacobian(self, f: Callable[..., Any], xs: Sequence[Any], order: str) -> tuple[Any, Any]:
        if self.verify or _verifying():
            return super()._withjacobian(f, xs, order)
        return self.programs.call(("jacobian", order), _Jacobian(f, order), xs, self.how)

    def _columns(self, f: Callable[..., Any], xs: Sequence[Any], k: int) -> Any:  # type: ignore[override]
        if self.verify or _verifying():
            return super()._columns(f, xs, k)
        return self.programs.call(("columns", k), _Columns(f, k), xs, self.how)


class _Jacobian:
    """The function of the arguments that gives the value of f and its Jacobians."""

    def __init__(self, f: Callable[..., Any], order: str):
        self.f, self.order = f, order

    def __call__(self, *xs: Any) -> tuple[Any, Any]:
        return AutoNative()._withjacobian(self.f, xs, self.order)


class _Columns:
    """The function of the arguments that gives the columns of the Hessian by one of them."""

    def __init__(self, f: Callable[..., Any], k: int):
        self.f, self.k = f, k

    def __call__(self, *xs: Any) -> Any:
        return AutoNative._columns(self.f, xs, self.k)


class AutoFiniteDifferences(ADType):
    """Central differences: an independent check, at the price of accuracy and time.

    `order` is the number of points (3, 5 or 7); `step` the step relative to max(1, abs(x)), by
    default the one that balances truncation and rounding. Every leaf gets a gradient: where the
    native engine says None, differences say 0.
    """

    def __init__(self, order: int = 5, step: float | None = None):
        if order not in differences.STENCILS:
            raise ValueError(f"order must be one of {sorted(differences.STENCILS)}, not {order!r}")
        self.order = order
        self.step = step

    def __repr__(self) -> str:
        return f"AutoFiniteDifferences(order={self.order})"

    def pullback(self, f: Callable[..., Any], xs: Sequence[Any]) -> tuple[Any, Callable[..., Any]]:
        y = f(*xs)

        def back(seed: Any) -> tuple[Any, ...]:
            with np.errstate(all="ignore"):  # runs that the user did not ask for
                return self._gradient(lambda *zs: _paired(f(*zs), seed), xs)

        return y, back

    def pushforward(self, f: Callable[..., Any], xs: Sequence[Any], dxs: Sequence[Any]) -> tuple[Any, Any]:
        """The value of f, and its difference along the line through `xs` in the direction of `dxs`."""
        leaves, tangents = native.with_tangents(xs, dxs)
        y = f(*xs)
        outputs, template = take_apart(y)
        if template is None:
            return y, None
        moved = [k for k, dx in enumerate(tangents) if dx is not None and np.any(dx)]
        zeros = [np.asarray(out) * 0.0 for out in outputs]
        if not moved:
            return y, template.fill([z if z.ndim else z.item() for z in zeros])
        kinds = [np.result_type(_dtype(leaves[k]), np.float16) for k in moved]
        eps = max(float(np.finfo(kind).eps) for kind in kinds)
        scale = max(1.0, *[float(np.max(np.abs(leaves[k]))) for k in moved])
        h = scale * (self.step or eps ** (1.0 / self.order))
        h /= max(float(np.max(np.abs(tangents[k]))) for k in moved)

        def along(t: float) -> np.ndarray:
            there = [x + t * tangents[k] if k in moved else x for k, x in enumerate(leaves)]
            parts = take_apart(f(*put_together(tuple(xs), there)))[0]
            if [np.shape(p) for p in parts] != [z.shape for z in zeros]:
                raise StructureError(
                    "the structure of the value changes with the arguments, so it has no difference"
                )
            return np.concatenate([np.ravel(p) for p in parts])

        with np.errstate(all="ignore"):
            slopes = differences.central(along, h, self.order)
        flat = np.split(slopes, np.cumsum([z.size for z in zeros])[:-1])
        parts = [np.reshape(p, z.shape).astype(z.dtype) for p, z in zip(flat, zeros, strict=True)]
        return y, template.fill([p if p.ndim else p.item() for p in parts])

    def _gradient(self, s: Callable[..., float], xs: Sequence[Any]) -> tuple[Any, ...]:
        leaves, template = take_apart(tuple(xs))
        if template is None:
            return (None,) * len(xs)

        def at(k: int, value: Any) -> float:
            return s(*put_together(tuple(xs), [*leaves[:k], value, *leaves[k + 1 :]]))

        return template.fill([self._leaf(lambda v, k=k: at(k, v), x) for k, x in enumerate(leaves)])  # type: ignore[misc]

    def _leaf(self, s: Callable[[Any], float], x: Any) -> Any:
        array = np.array(x, dtype=np.result_type(x, np.float32) if np.ndim(x) else None)
        if array.dtype.kind not in "fc":
            array = array.astype(float)
        out = np.zeros_like(array)
        for index in np.ndindex(array.shape):
            out[index] = self._slope(s, array, index, 1.0)
            if np.iscomplexobj(array):
                out[index] += 1j * self._slope(s, array, index, 1j)
        return out if isinstance(x, np.ndarray) else out.item()

    def _slope(self, s: Callable[[Any], float], x: np.ndarray, index: Any, direction: complex) -> float:
        """The derivative along one coordinate, by a step in proportion to it."""

        def moved(t: float) -> float:
            z = x.copy()
            z[index] += t * direction
            return float(s(z if z.ndim else z[()]))

        eps = np.finfo(x.dtype).eps
        scale = max(1.0, float(np.abs(x[index])))
        return differences.central(moved, scale * (self.step or float(eps) ** (1.0 / self.order)), self.order)


def _paired(y: Any, seed: Any) -> float:
    """The real inner product of an output with a seed of the same structure."""
    parts, template = take_apart(y)
    if template is None:
        return 0.0
    return sum(
        float(np.sum(np.real(np.conjugate(ct) * parts[index]))) for index, ct, _ in template.match(seed, "")
    )


# ---------------------------------------------------------------------------------------------
# Julia's AD packages; julia is started at the first use
# ---------------------------------------------------------------------------------------------


class JuliaEngine(ADType):
    """Base of the AD types that are computed in Julia.

    `f` is a Julia function, Julia source, or a Python function, which is written in Julia first
    (``fluxbridge.julia.source`` shows how).
    """

    engine = ""
    takes_source = True

    def withgradient(self, f: Any, xs: Sequence[Any], aux: bool = True) -> tuple[Any, Any]:
        from .julia import engines

        if engines.traced(tuple(xs)):
            return super().withgradient(f, xs, aux)
        return engines.withgradient(self.engine, f, xs, aux)

    def pullback(self, f: Any, xs: Sequence[Any]) -> tuple[Any, Callable[..., Any]]:
        raise NoRuleError(f"{self!r} offers gradient and withgradient; use AutoZygote() for pullback")

    def withjacobian(self, f: Any, xs: Sequence[Any], order: str) -> tuple[Any, Any]:
        from .julia import engines

        return engines.withjacobian(self.engine, f, xs, order)

    def pushforward(self, f: Any, xs: Sequence[Any], dxs: Sequence[Any]) -> tuple[Any, Any]:
        """By the Jacobian, so for numbers and arrays only."""
        leaves, tangents = native.with_tangents(xs, dxs)
        if len(leaves) != len(xs) or not all(map(_is_array_or_number, xs)):
            raise StructureError(
                f"{self!r} computes a pushforward by the Jacobian, which takes numbers and arrays; leave out "
                "the AD type for the native engine, or take AutoZygote()"
            )
        y, jacobians = self.withjacobian(f, xs, "C")
        parts = [
            np.reshape(np.asarray(matrix), (np.size(y), -1)) @ np.ravel(dx)
            for matrix, dx in zip(jacobians, tangents, strict=True)
            if matrix is not None and dx is not None
        ]
        if not parts:
            return y, None
        tangent = np.reshape(sum(parts[1:], parts[0]), np.shape(y))
        return y, tangent if isinstance(y, np.ndarray) else tangent.item()

    def hessian(self, f: Any, x: Any, order: str) -> Any:
        from .julia import engines

        return engines.hessian(self.engine, f, x, order)

    def hessian_reverse(self, f: Any, x: Any, order: str) -> Any:
        from .julia import engines

        return engines.hessian(f"{self.engine}_reverse", f, x, order)

    def diaghessian(self, f: Any, xs: Sequence[Any]) -> tuple[Any, ...]:
        from .julia import engines

        return engines.diaghessian(self.engine, f, xs)


class AutoZygote(JuliaEngine):
    """The real Zygote, Flux's default.

    >>> from fluxbridge import AutoZygote, gradient, julia
    >>> gradient(julia.function("x -> 3x^2 + 2x + 1"), AutoZygote(), 3)  # doctest: +SKIP
    (20.0,)
    >>> gradient(lambda x: 3 * x**2 + 2 * x + 1, AutoZygote(), 3)  # doctest: +SKIP
    (20.0,)
    """

    engine = "zygote"
    pushforward = ADType.pushforward  # of its pullback, which takes any structure

    def pullback(self, f: Any, xs: Sequence[Any]) -> tuple[Any, Callable[..., Any]]:
        from .julia import engines

        return engines.pullback(f, xs)


class AutoForwardDiff(JuliaEngine):
    """Julia's ForwardDiff: forward mode, by numbers and real arrays."""

    engine = "forwarddiff"


class AutoEnzyme(JuliaEngine):
    """Julia's Enzyme, through Flux; the Julia project must have Enzyme."""

    engine = "enzyme"


class AutoMooncake(JuliaEngine):
    """Julia's Mooncake, through Flux; the Julia project must have Mooncake."""

    engine = "mooncake"


class AutoJuliaFiniteDifferences(JuliaEngine):
    """Julia's FiniteDifferences, through Flux; the Julia project must have FiniteDifferences.

    This is Flux's own ``AutoFiniteDifferences``; :class:`AutoFiniteDifferences` is computed here.
    """

    engine = "finitedifferences"
