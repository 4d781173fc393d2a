"""What a call with a rule of its own refers to, for a program that calls it again."""

from __future__ import annotations

import functools
import types
from typing import Any

import numpy as np

from ..autodiff.holders import fields_of, is_filled
from ..autodiff.primitive import Tracer
from ..autodiff.reach import Overlay, is_library, used_names
from ..autodiff.tools import Opened
from .calls import Apart

_PLAIN = (
    float, int, complex, str, bytes, np.generic, np.dtype, type, np.ufunc, types.ModuleType, range, slice,
)  # fmt: skip


def _is_builtin(x: Any) -> bool:
    return type(x) is types.BuiltinFunctionType and isinstance(x.__self__, types.ModuleType)


class Captured:
    """`guarded` are the functions and objects in it, which, if found outside, must be the very same.

    `constants` are numbers and arrays. Raises Apart for a value that is traced and is no input of the call,
    which would be that of the first run for ever.
    """

    def __init__(self, again: types.FunctionType):
        self.guarded: list[Any] = []
        self.constants: list[Any] = []
        self.seen: dict[int, Any] = {}  # kept: what is freed would leave its id to something else
        names = dict(zip(again.__code__.co_freevars, again.__closure__ or (), strict=True))
        self.opened = names["opened"].cell_contents
        self._walk(self.opened.whole, inputs=True)
        for name, cell in names.items():
            if name != "opened":
                self._walk(cell.cell_contents, inputs=False)

    def _walk(self, x: Any, inputs: bool) -> None:
        kind = type(x)
        if isinstance(x, Tracer):
            if not inputs:
                raise Apart
            return
        if x is None or isinstance(x, _PLAIN):
            self.constants.append(x)
            return
        if id(x) in self.seen:
            return
        self.seen[id(x)] = x
        if kind is np.ndarray:
            if x.dtype.hasobject:
                raise Apart
            self.constants.append(x.copy())
        elif kind is tuple or kind is list:
            for v in x:
                self._walk(v, inputs)
        elif kind is dict:
            for v in x.values():
                self._walk(v, inputs)
        elif kind is Opened and x is not self.opened:
            if x.inputs:
                raise Apart
            self._walk(x.whole, inputs)
        elif kind is functools.partial:
            self._walk((x.func, x.args, x.keywords), inputs)
        elif kind is types.MethodType:
            self._walk((x.__self__, x.__func__), inputs)
        elif kind is types.FunctionType:
            self._function(x, inputs)
        elif not (x is self.opened or kind is type(np.sum) or _is_builtin(x)):
            self.guarded.append(x)
            self._walk(fields_of(x), inputs)

    def _function(self, x: types.FunctionType, inputs: bool) -> None:
        cells = [cell.cell_contents for cell in x.__closure__ or () if is_filled(cell)]
        if not is_library(x) and (cells or x.__defaults__ or x.__kwdefaults__ or x.__dict__):
            self.guarded.append(x)
        if isinstance(x.__globals__, Overlay) and not x.__globals__.made.keys().isdisjoint(used_names(x)):
            raise Apart  # it meets stand-ins by their global names
        self._walk([*cells, x.__defaults__, x.__kwdefaults__], inputs)
