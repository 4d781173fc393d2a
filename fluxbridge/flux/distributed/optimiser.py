"""The rule that averages gradients over all workers before its own rule takes the step."""

from __future__ import annotations

import weakref
import zlib
from typing import Any

import numpy as np

from ...errors import ArgumentError
from ..optimisers.base import AbstractRule
from ..optimisers.tree import Entry, where
from .agreement import Description, agree, contents, form
from .backends import AbstractFluxDistributedBackend
from .buckets import Bucket, in_buckets
from .collectives import allreduce_, avg

__all__ = ["DistributedOptimizer"]

_REMEDY = (
    "Call model = synchronize_(backend, model) and opt_state = synchronize_(backend, opt_state) before "
    "the first step, and change rates and freeze parameters on all ranks alike."
)


class Exchange:
    """Exchanges the gradients of a step with the other workers.

    Each step begins with a collective of four numbers. It says if all ranks are about to exchange the same
    parameters, if they are new to one of them, and if one of them takes no step.
    """

    def __init__(self, backend: AbstractFluxDistributedBackend):
        self.backend = backend
        self.plans: dict[str, list[Bucket]] = {}  #: by layout
        self.pending = 0  #: states that were made and not compared yet
        self.known: dict[int, weakref.ref[np.ndarray]] = {}  #: parameters of which some were compared
        self.rules: dict[int, tuple[AbstractRule, str]] = {}

    def __call__(self, entries: list[Entry], forgo: bool = False) -> bool:
        """Replace the gradients by their means. False if a rank forgoes the step, so that nobody takes it."""
        if self.backend.size == 1:
            return not forgo
        layout = repr([self.kind(e) for e in entries])
        checksum = zlib.crc32(layout.encode())
        header = np.array([checksum, -checksum, self.is_new(entries, layout), forgo], np.float64)
        allreduce_(self.backend, header, np.maximum)
        if header[0] != -header[1] or header[2]:
            self.compare(entries)
        if header[3]:
            return False
        plan = self.plans.get(layout)
        if plan is None:
            plan = self.plans[layout] = in_buckets(entries)
        for bucket in plan:
            bucket.exchange(self.backend, entries)
        return True

    def is_new(self, entries: list[Entry], layout: str) -> bool:
        """Were these parameters not compared with those of the other ranks yet?"""
        if layout not in self.plans:
            return True
        first = self.known.get(id(entries[0].array)) if self.pending and entries else None
        return bool(self.pending and entries) and (first is None or first() is not entries[0].array)

    def compare(self, entries: list[Entry]) -> None:
        """StructureError, on all ranks, where parameters, states or rules differ."""
        agree(self.backend, self.described(entries), _REMEDY)
        self.pending = max(self.pending - len(entries), 0)
        if entries:
            key = id(entries[0].array)
            self.known[key] = weakref.ref(entries[0].array, lambda _: self.known.pop(key, None))

    def kind(self, entry: Entry) -> tuple[Any, ...]:
        x = entry.array
        return x.shape, x.dtype.char, x.flags.fnc, self.text(entry.leaf.rule)

    def text(self, rule: AbstractRule) -> str:
        """``repr(rule)``, made once for a rule."""
        held = self.rules.get(id(rule))
        if held is None:
            if len(self.rules) >= 64:
                self.rules.clear()
            held = self.rules[id(rule)] = rule, repr(rule.local)
        return held[1]

    def described(self, entries: list[Entry]) -> Description:
        lines = []
        for entry in entries:
            path = where(entry.path)
            lines += [
                (f"the parameter {path}", form(entry.array)),
                (f"the values of {path}", contents(entry.array)),
                (f"the rule of {path}", self.text(entry.leaf.rule)),
                (f"the state of {path}", contents(entry.leaf.state)),
            ]
        return lines


class DistributedOptimizer(AbstractRule):
    """``DistributedOptimizer(backend, rule)``: `rule`, with gradients averaged over all workers.

    The gradients of a step travel together, in buckets. Where a rank has no gradient of a parameter (None)
    and another has, it counts as zero; what is frozen stays out. If the loss of one rank is not finite,
    :func:`~fluxbridge.flux.trainstep_` updates nothing on any of them. Before the first step the parameters
    and states of all ranks are compared; before every step their shapes, dtypes and rules are.

    ``update_`` raises StructureError, on all ranks, where they differ, with the place. The constructor raises
    ArgumentError if `backend` is none, or `rule` is no rule.

    >>> from fluxbridge.flux import Adam
    >>> from fluxbridge.flux.distributed import SequentialBackend
    >>> DistributedOptimizer(SequentialBackend(), Adam(0.01))
    DistributedOptimizer(SequentialBackend(), Adam(eta=0.01, beta=(0.9, 0.999), epsilon=1.0e-8))
    """

    def __init__(self, backend: AbstractFluxDistributedBackend, optimizer: AbstractRule):
        if not isinstance(backend, AbstractFluxDistributedBackend):
            raise ArgumentError(
                f"DistributedOptimizer takes what get_distributed_backend gives; got {backend!r}"
            )
        if not isinstance(optimizer, AbstractRule):
            raise ArgumentError(f"DistributedOptimizer takes a rule such as Adam(); {optimizer!r} is none")
        self.backend, self.opt = backend, optimizer
        self.exchange = Exchange(backend)
        self.writes_state, self.keeps_gradient = optimizer.writes_state, True

    @property
    def local(self) -> AbstractRule:
        return self.opt

    def init(self, x: np.ndarray) -> Any:
        self.exchange.pending += 1
        return self.opt.init(x)

    def apply(self, state: Any, x: np.ndarray, dx: Any) -> Any:
        """A step of one parameter by itself, as in Flux: a collective for this array alone."""
        return self.opt.apply_(state, x, allreduce_(self.backend, np.array(dx), avg))

    def adjusted(self, changes: dict[str, Any]) -> AbstractRule:
        return self._with(self.opt.adjusted(changes))

    def copied(self) -> AbstractRule:
        return self._with(self.opt.copied())

    def _with(self, opt: AbstractRule) -> AbstractRule:
        made = DistributedOptimizer(self.backend, opt)
        made.exchange = self.exchange
        return made

    def __eq__(self, other: object) -> bool:
        same = isinstance(other, DistributedOptimizer) and self.backend is other.backend
        return same and self.opt == other.opt  # type: ignore[attr-defined, union-attr]

    def __hash__(self) -> int:
        return hash(self.opt)

    def __repr__(self) -> str:
        return f"DistributedOptimizer({self.backend!r}, {self.opt!r})"
