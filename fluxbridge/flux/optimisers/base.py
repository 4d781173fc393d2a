"""What an optimisation rule is: hyperparameters, an initial state, and a step.

A rule is a small frozen dataclass whose fields stand in Optimisers.jl's order. To write one, derive from
:class:`AbstractRule`, decorate with :func:`rule` and define ``init`` and ``apply``:

>>> import numpy as np
>>> @rule
... class SignDescent(AbstractRule):
...     eta: float = 0.1
...     def init(self, x):
...         return None
...     def apply(self, state, x, dx):
...         return state, self.eta * np.sign(dx)
>>> SignDescent(0.5)
SignDescent(eta=0.5)
"""

from __future__ import annotations

import dataclasses
import functools
import numbers
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from ...errors import ArgumentError, DomainError
from ..habits import refuse_keywords
from .text import printed, type_name

if TYPE_CHECKING:
    from typing_extensions import dataclass_transform
else:

    def dataclass_transform(**_: Any) -> Any:
        """Python has it from 3.11 on."""
        return lambda decorator: decorator


__all__ = ["AbstractRule", "apply_", "init", "rule"]

#: Other spellings of a field: the Greek letters of the formulas (as Python normalises them), and
#: ``lambda``, a keyword of Python (so: ``AdamW(lambda_=0.1)`` or ``AdamW(λ=0.1)``).
SPELLINGS = {
    "η": "eta", "β": "beta", "ε": "epsilon", "ρ": "rho", "λ": "lambda_", "lambda": "lambda_",
    "δ": "delta", "ω": "omega", "Γ": "gamma", "l": "ell",
}  # fmt: skip

Step = tuple[Any, Any]  #: (next state, what is subtracted from the parameter, or None, or a NewValue)


class NewValue:
    """In place of a step: the new value of the parameter, where a subtraction would round a second time."""

    __slots__ = ("value",)

    def __init__(self, value: Any):
        self.value = value


def spelled(options: dict[str, Any]) -> dict[str, Any]:
    """Keyword arguments under the names of the fields."""
    return {SPELLINGS.get(name, name): value for name, value in options.items()}


class AbstractRule:
    """The base class of optimisation rules.

    ``init(x)`` makes the state for a parameter. ``apply(state, x, dx)`` returns (next state, step); the step
    is subtracted from `x`, None takes none. It is a pure function: it writes into none of its arguments. A
    rule that writes into its own state defines ``apply_`` in its place, with the same arguments and results.

    Raises NotImplementedError if a rule without ``init`` or ``apply`` is used, AttributeError for a field
    that it does not have; the constructor of a rule raises ArgumentError if a field has not the type of its
    default, DomainError if `eta` is negative.

    >>> class Plain(AbstractRule):
    ...     def init(self, x): return None
    ...     def apply(self, state, x, dx): return state, 0.5 * dx
    >>> apply_(Plain(), None, np.ones(2), np.ones(2))
    (None, array([0.5, 0.5]))
    """

    #: Is an element of the step (and of the state's arrays) a function of the elements of `state`, `x` and
    #: `dx` at the same position, and cannot fail? Then ``apply`` may be called for blocks of a large array. A
    #: class that defines ``apply`` says so itself; it does not inherit the answer.
    elementwise = False
    #: Does ``apply_`` write into the arrays of its state?
    writes_state = False
    #: May its next state hold the array ``dx`` that ``apply_`` was given, or a view? Then compiled steps
    #: do not compute gradients in memory that the next step writes over. No rule of this package does so.
    keeps_gradient = True
    #: Does it compare numbers? Then it is for real parameters only.
    compares = False
    refuses_negative_eta = True
    #: Called with the entries of a step before it is taken, to exchange their gradients with other processes.
    exchange: Any = None

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        own = vars(cls)
        cls.writes_state = cls.writes_state or "apply_" in own
        cls.keeps_gradient = not cls.__module__.startswith(f"{__package__}.")
        if "apply_" in own or ("apply" in own and "elementwise" not in own):
            cls.elementwise = False

    def init(self, x: np.ndarray) -> Any:
        raise NotImplementedError(f"{type(self).__name__} must define init(self, x)")

    def apply(self, state: Any, x: np.ndarray, dx: Any) -> Step:
        raise NotImplementedError(f"{type(self).__name__} must define apply(self, state, x, dx)")

    def apply_(self, state: Any, x: np.ndarray, dx: Any) -> Step:
        """The same step; rules that write into their state define this one."""
        return self.apply(state, x, dx)

    @property
    def local(self) -> AbstractRule:
        """The rule that takes the step after the exchange of gradients."""
        return self

    def __getattr__(self, name: str) -> Any:
        if name in SPELLINGS:
            return getattr(self, SPELLINGS[name])
        raise AttributeError(f"{type(self).__name__} has no field {name!r}")

    def parts(self) -> dict[str, Any]:
        """The fields and their values, as Optimisers.jl names them."""
        if not dataclasses.is_dataclass(self):
            return dict(vars(self))
        return {f.name.rstrip("_"): getattr(self, f.name) for f in dataclasses.fields(self)}

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{k}={printed(v)}' for k, v in self.parts().items())})"

    def compact(self) -> str:
        """The text of the rule inside of a printed state."""
        return repr(self)

    def type_text(self) -> str:
        """The type with its parameters, as Julia prints it."""
        held = [type_text(v) for v in self.parts().values() if not isinstance(v, bool)]
        return f"{type(self).__name__}{{{', '.join(held)}}}"

    def adjusted(self, changes: dict[str, Any]) -> AbstractRule:
        """A rule with some fields changed; names that it does not have are ignored, as in Flux."""
        fields: Any = dataclasses.fields(self) if dataclasses.is_dataclass(self) else ()
        known = {f.name for f in fields}
        mine = {k: v for k, v in changes.items() if k in known}
        return dataclasses.replace(self, **mine) if mine else self  # type: ignore[type-var]

    def copied(self) -> AbstractRule:
        """The rule in the copy of a state tree."""
        return self

    def __post_init__(self, *_: Any) -> None:
        for field in dataclasses.fields(self):  # type: ignore[arg-type]
            value = checked(getattr(self, field.name), field.default)
            object.__setattr__(self, field.name, value)
        if self.refuses_negative_eta and getattr(self, "eta", 0.0) < 0:
            raise DomainError(f"the learning rate cannot be negative; it is {self.eta}")


def type_text(x: Any) -> str:
    if isinstance(x, AbstractRule):
        return x.type_text()
    if isinstance(x, tuple):
        return f"Tuple{{{', '.join(map(type_text, x))}}}"
    return type_name(type(x))


def checked(value: Any, default: Any) -> Any:
    """`value` with the type of the default: a number, a tuple of as many, or anything."""
    if isinstance(default, tuple):
        if not isinstance(value, tuple) or len(value) != len(default):
            raise ArgumentError(f"{value!r} is not a tuple of {len(default)} numbers, as {default}")
        return tuple(checked(v, d) for v, d in zip(value, default, strict=True))
    if isinstance(default, (float, np.floating)):
        if not isinstance(value, (numbers.Real, np.floating)):
            raise ArgumentError(f"{value!r} is not a real number")
        return value if isinstance(value, (float, np.floating)) else float(value)
    return value


Rule = TypeVar("Rule", bound=type)


@dataclass_transform(frozen_default=True)
def rule(cls: Rule) -> Rule:
    """Class decorator: a class of fields with defaults becomes a rule, a frozen dataclass.

    It accepts all spellings of a field; the constructor checks them as :class:`AbstractRule` says, and raises
    TypeError for names that are no fields. Where the class ``compares`` numbers, ``init`` raises
    ArgumentError for a complex parameter.

    >>> @rule
    ... class Half(AbstractRule):
    ...     eta: float = 0.5
    ...     def init(self, x): return None
    ...     def apply(self, state, x, dx): return state, dx * self.eta
    >>> Half(η=0.25)
    Half(eta=0.25)
    """
    made: Any = dataclasses.dataclass(frozen=True, repr=False)(cls)
    plain = made.__init__

    @functools.wraps(plain)
    def __init__(self: Any, *args: Any, **options: Any) -> None:
        options = spelled(options)
        refuse_keywords(type(self).__name__, options.keys() - self.__dataclass_fields__)
        plain(self, *args, **options)

    made.__init__ = __init__
    made.__setattr__ = _refuse_assignment
    if made.compares:
        made.init = _of_real_numbers(made.init)
    return made


def _refuse_assignment(self: Any, name: str, value: Any) -> None:
    field = SPELLINGS.get(name, name)
    if field not in self.__dataclass_fields__:
        raise dataclasses.FrozenInstanceError(f"{type(self).__name__} has no field {name!r} to be set")
    new = f"{field}={value!r}"
    raise dataclasses.FrozenInstanceError(
        f"a rule does not change, so its {name} cannot be set: write adjust_(state, {new}) for a state that "
        f"setup(rule, model) made, or rule = adjust(rule, {new}) for a rule by itself"
    )


def _of_real_numbers(init: Any) -> Any:
    """An ``init`` that refuses complex parameters, which cannot be compared."""

    @functools.wraps(init)
    def checked_init(self: AbstractRule, x: np.ndarray) -> Any:
        if np.iscomplexobj(x):
            raise ArgumentError(f"{self!r} compares numbers, so it takes no complex parameters ({x.dtype})")
        return init(self, x)

    return checked_init


def init(rule: AbstractRule, x: np.ndarray) -> Any:
    """The state of a rule for one parameter, before the first step.

    Raises ArgumentError if `rule` is no rule, or one that compares numbers and `x` is complex.

    >>> from fluxbridge.flux.optimisers import Momentum
    >>> init(Momentum(), np.ones(2))
    array([0., 0.])
    """
    return _refuse_other(rule, "init(rule, x)").init(x)


def apply_(rule: AbstractRule, state: Any, x: np.ndarray, dx: Any) -> tuple[Any, Any]:
    """One step for one parameter: (next state, what is to be subtracted from `x`), or (next state, None).

    `x` and `dx` are arrays of one shape and stay as they are, except that ``MixedPrecision`` writes the new
    value into `x`. The old state may be written over. Raises ArgumentError if `rule` is no rule, and what the
    rule raises.

    >>> from fluxbridge.flux.optimisers import Descent
    >>> apply_(Descent(0.5), None, np.ones(2), np.array([1.0, 2.0]))
    (None, array([0.5, 1. ]))
    """
    _refuse_other(rule, "apply_(rule, state, x, dx)")
    state, step = rule.apply_(state, x, dx if isinstance(dx, np.ndarray) else np.asarray(dx, x.dtype))
    if type(step) is NewValue:
        x[...] = step.value
        step = None
    return state, step


def _refuse_other(rule: Any, call: str) -> Any:
    if not isinstance(rule, AbstractRule):
        raise ArgumentError(f"{call} takes a rule such as Adam(0.01) first; {rule!r} is none")
    return rule


# -- numbers in the type of a parameter ----------------------------------------------------------------


def real_type(x: np.ndarray) -> Any:
    """The real float type that goes with the elements of `x`.

    >>> real_type(np.zeros(1, np.complex64)), real_type(np.zeros(1, np.float16))
    (<class 'numpy.float32'>, <class 'numpy.float16'>)
    """
    return np.dtype(x.dtype.char.lower()).type if x.dtype.kind == "c" else x.dtype.type


def typed(x: np.ndarray, *values: Any) -> Any:
    """Hyperparameters rounded to the type of the parameter `x`, as Optimisers.jl computes with them."""
    made = _rounded(real_type(x), values)
    return made if len(made) > 1 else made[0]


@functools.lru_cache(maxsize=256)
def _rounded(kind: Any, values: tuple[Any, ...]) -> tuple[Any, ...]:
    with np.errstate(over="ignore", under="ignore"):
        return tuple([tuple(map(kind, v)) if isinstance(v, tuple) else kind(v) for v in values])


def epsilon_for(x: np.ndarray, epsilon: float) -> Any:
    """An epsilon in the type of `x`; at least 1e-7 in half precision, unless it is 0."""
    return _epsilon(real_type(x), epsilon)


@functools.lru_cache(maxsize=256)
def _epsilon(kind: Any, epsilon: float) -> Any:
    return kind(epsilon) if kind is not np.float16 or epsilon == 0 else max(kind(1e-7), kind(epsilon))
