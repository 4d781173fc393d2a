"""Connectionist temporal classification."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...autodiff.primitive import plain
from ...errors import ArgumentError
from .softmax import logsoftmax


def ctc_loss(ŷ: Any, y: Any) -> Any:
    """Connectionist temporal classification loss of one sequence (Graves et al. 2006).

    `ŷ`, of shape (classes, time), are raw outputs; the last class is the blank. `y` is a vector of labels,
    which count from 0. The result is a number: minus the logarithm of the probability of all paths that give
    `y` once repeats and blanks are removed. Raises ArgumentError for arrays of other shapes, or labels that
    are no classes.

    >>> float(round(ctc_loss(np.zeros((3, 2)), [0]), 6))  # 3 of the 9 paths give it: 0 0, 0 blank, blank 0
    1.098612
    """
    labels = np.asarray(plain(y))
    if labels.ndim != 1 or (labels.size and labels.dtype.kind not in "iu"):
        raise ArgumentError(
            f"ctc_loss takes labels as one vector of integers, not {labels.dtype} of shape {labels.shape}"
        )
    labels = labels.astype(int)
    if len(np.shape(ŷ)) != 2 or not np.shape(ŷ)[1]:
        raise ArgumentError(f"ctc_loss takes outputs of shape (classes, time), not {np.shape(ŷ)}")
    classes, times = np.shape(ŷ)
    if labels.size and not (labels.min() >= 0 and labels.max() < classes - 1):
        raise ArgumentError(
            f"labels count from 0 to {classes - 2} here (class {classes - 1} is the blank); got {labels}"
        )
    spelled = np.full(2 * len(labels) + 1, classes - 1)
    spelled[1::2] = labels
    before = np.concatenate([[-1, -1], spelled])[: len(spelled)]
    skips = (spelled != classes - 1) & (spelled != before)  # a blank between different letters is optional
    emitted = logsoftmax(ŷ, axis=0)[spelled, :]

    def later(state: Any, steps: int) -> Any:
        return np.concatenate([np.full(steps, -np.inf, plain(emitted).dtype), state])[: len(spelled)]

    state = np.where(np.arange(len(spelled)) < 2, emitted[:, 0], -np.inf)
    for t in range(1, times):
        jumped = np.where(skips, later(state, 2), -np.inf)
        state = np.logaddexp(np.logaddexp(state, later(state, 1)), jumped) + emitted[:, t]
    return -np.logaddexp.reduce(state[-2:])
