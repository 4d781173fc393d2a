"""Inverses for rules that have no derivative at a singular matrix: NaN there, where NumPy raises an error."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..primitive import plain


def singular(a: Any) -> np.ndarray:
    """Which matrices of a stack does NumPy call singular?"""
    values = np.asarray(plain(a))
    singular = np.zeros(values.shape[:-2], bool)
    for index in np.ndindex(singular.shape):
        try:
            np.linalg.inv(values[index])
        except np.linalg.LinAlgError:
            singular[index] = True
    return singular


def inverse(a: Any) -> Any:
    try:
        return np.linalg.inv(a)
    except np.linalg.LinAlgError:
        return np.linalg.inv(np.where(singular(a)[..., None, None], np.nan, a))


def solve(a: Any, b: Any) -> Any:
    try:
        return np.linalg.solve(a, b)
    except np.linalg.LinAlgError:
        return np.linalg.solve(np.where(singular(a)[..., None, None], np.nan, a), b)
