"""Programs of training steps: the loss, and the gradients of what is trained, in memory that is kept.

The update is the optimiser's own (:mod:`fluxbridge.flux.optimisers.stepping`), which writes into the
parameters in place. Only it reads the gradients, so that these, and all large arrays on the way to them, can
lie in the same memory in every step (see :mod:`.buffers`).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from . import build
from .buffers import Buffers, planned
from .cache import code_of
from .interface import run
from .passes import numbered, simplified
from .program import Var
from .report import Report


class Found(NamedTuple):
    """What a program gives: `gradients` and `parameters` by leaf, in memory to be given back."""

    program: Program
    value: Any
    gradients: Sequence[np.ndarray | None]
    parameters: Sequence[np.ndarray]
    held: Sequence[np.ndarray]

    def structure(self) -> Any:
        """The gradients in the structure of the model."""
        return self.program.structure(self.gradients)

    def give_back(self) -> None:
        """The gradients are used: the next step may write over them."""
        self.program.buffers.give(self.held)


class Program:
    """What belongs to one program of a step, besides its code."""

    def __init__(self, template: Any, leaves: Sequence[Any], buffers: Buffers):
        self.template, self.buffers = template, buffers
        #: shape and dtype of each leaf of the model, None for a number
        self.forms = [(x.shape, x.dtype) if isinstance(x, np.ndarray) else None for x in leaves]

    def structure(self, gradients: Sequence[Any]) -> Any:
        """Gradients by leaf in the structure of the model."""
        return None if self.template is None else self.template.fill(list(gradients))


def step(
    f: Callable[..., Any], loss: Any, model: Any, which: Any, wanted: Callable[[], Callable[[Any], bool]],
    reuse: bool, eager: Callable[[], Any],
) -> Any:  # fmt: skip
    """What ``f(model)``, made of `loss`, and its gradient give, as :class:`Found`; or what `eager` gives.

    ``wanted()`` gives a function that says of which arrays gradients are wanted; where it says something
    else, `which` is another. With `reuse` the gradients lie in memory that later steps use again.
    """
    kind = ("training step", which, reuse, code_of(loss))
    return run(kind, f, (model,), lambda: program(f, model, wanted(), reuse), eager)


@build.with_integers
def program(
    f: Callable[..., Any], model: Any, wanted: Callable[[Any], bool], reuse: bool, integers: build.Integers
) -> build.Compiled:
    """The program of the loss and the gradients of the wanted arrays in the model."""
    start = time.perf_counter()
    traced, lowering, results = build.joint(f, (model,), True, integers)
    writer, leaves = traced.writer, traced.outline.arguments
    value, found = results
    effects = build.Effects(traced, lowering)
    chosen = [v if wanted(leaf.value) else None for v, leaf in zip(found, leaves, strict=True)]
    results = [value, chosen, effects.drawn, effects.assigned]
    report = Report()
    ops = simplified(lowering.b.ops, results, report, traced.contiguous)
    numbered(ops)
    value, found = results[:2]
    buffers = planned(ops, value if reuse else [value, found], results, writer)
    made = Program(traced.trace.templates[0], [leaf.value for leaf in leaves], buffers)
    body = [*traced.outline.lines, *buffers.take(writer), *writer.lines(ops)]
    gradients = [build._number_text(v, writer) for v in found]
    kept = [v is None or (isinstance(v, Var) and v in writer.into) for v in found]
    loose = [k for k, known in enumerate(kept) if not known]
    if loose:
        body.append(f"g = [{', '.join(gradients[k] for k in loose)}]")
        body.append(f"{writer.name(build._fresh)}(g, ({''.join(f'{name}, ' for name in traced.arrays)}))")
        for place, k in enumerate(loose):
            gradients[k] = f"g[{place}]"
    held = ", ".join(v.name for v in writer.into)
    body.append(
        f"made = {writer.name(Found)}({writer.name(made, 'step')}, {build.writer_text(value, writer)}, "
        f"[{', '.join(gradients)}], [{', '.join(leaf.name for leaf in leaves)}], [{held}])"
    )
    body += [*effects.lines(writer), "return made"]
    source = "def run(f, xs):\n" + "\n".join(f"    {line}" for line in body) + "\n"
    build._check_read(ops)
    report.finished(traced, ops, time.perf_counter() - start)
    return effects.finish(source, traced, report)
