"""``refused``: pytest.raises for errors that fluxbridge must raise itself, and with words of its own."""

from __future__ import annotations

import contextlib
import linecache
import pathlib
import re
import traceback
from collections.abc import Iterator
from typing import Any

import pytest

import fluxbridge

PACKAGE = pathlib.Path(fluxbridge.__file__).parent


def raised_by_us(error: BaseException) -> bool:
    """Does the traceback end at a ``raise`` statement of fluxbridge?

    An error of NumPy's own ends in NumPy, or (raised in C) at a line of ours that is no ``raise``. A call
    with an unknown keyword or too many arguments is refused by Python, with the function's name.
    """
    if type(error) is TypeError and re.search(r"\w+\(\) (got an unexpected keyword|takes) ", str(error)):
        return True
    last = traceback.extract_tb(error.__traceback__)[-1]
    line = linecache.getline(last.filename, last.lineno or 0)
    return PACKAGE in pathlib.Path(last.filename).parents and line.lstrip().startswith("raise ")


@contextlib.contextmanager
def refused(kind: Any, match: str | None = None) -> Iterator[pytest.ExceptionInfo[Any]]:
    """The block raises an error of this class, by a statement of fluxbridge, with at least five words."""
    with pytest.raises(kind, match=match) as caught:
        yield caught
    assert raised_by_us(caught.value), f"not raised by fluxbridge: {caught.getrepr(style='short')}"
    assert len(str(caught.value).split()) >= 5, f"says too little: {caught.value}"
