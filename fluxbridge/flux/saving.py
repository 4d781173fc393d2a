"""The state of a model in a file: safetensors, or npz with JSON. Neither can hold code.

A safetensors file begins with the length of its header (8 bytes, little endian), then the header, JSON that
says type, shape and place of each array, then the bytes of the arrays in C order
(https://huggingface.co/docs/safetensors). What a state has besides arrays is in the header's metadata.
"""

from __future__ import annotations

import io
import json
import math
import os
import pathlib
import struct
import zipfile
from typing import Any

import numpy as np

from ..autodiff.template import Record
from ..errors import ArgumentError
from .state import loadmodel_, state

__all__ = ["load", "save"]

FORMAT = "fluxbridge state 1"
_TYPES = {
    "F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "|i1",
    "U64": "<u8", "U32": "<u4", "U16": "<u2", "U8": "|u1", "BOOL": "|b1", "C64": "<c8",
}  # fmt: skip
_NAMES = {np.dtype(v): k for k, v in _TYPES.items()}
_MAX_HEADER = 100_000_000


def save(path: Any, model: Any) -> None:
    """Write the :func:`~fluxbridge.flux.state` of a model, or a state, to a file.

    The name ends in ``.safetensors`` or ``.npz``. The file is written beside its place and then renamed, so
    it is never incomplete. Raises ArgumentError for another ending of the name, or parameters that the format
    cannot hold; OSError if the file cannot be written.

    >>> import tempfile, os
    >>> from fluxbridge.flux import Dense, load
    >>> with tempfile.TemporaryDirectory() as place:
    ...     save(os.path.join(place, "m.safetensors"), Dense(np.ones((1, 2)), False))
    ...     load(os.path.join(place, "m.safetensors"))
    (weight=array([[1., 1.]]), bias=False, σ=())
    """
    path = pathlib.Path(path)
    write = {".safetensors": _write_safetensors, ".npz": _write_npz}.get(path.suffix)
    if write is None:
        raise ArgumentError(f"models are saved as .safetensors or .npz, not as {path.suffix or path.name!r}")
    arrays: dict[str, np.ndarray] = {}
    tree = _to_json(state(model), "", arrays)
    data = write(arrays, json.dumps({"format": FORMAT, "tree": tree}, ensure_ascii=False))
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        beside.write_bytes(data)
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)


def load(path: Any, model: Any = None) -> Any:
    """The state in a file that :func:`save` wrote; with a `model`, loaded into it, and the model returned.

    Of a safetensors file from elsewhere the arrays come back as a dict. Raises ArgumentError for a file that
    is damaged, cut short or of another kind, OSError if there is none, and what
    :func:`~fluxbridge.flux.loadmodel_` raises if it does not fit the model.

    >>> import tempfile, os
    >>> with tempfile.TemporaryDirectory() as place:
    ...     path = os.path.join(place, "m.npz")
    ...     save(path, {"w": np.ones(2)})
    ...     load(path, {"w": np.zeros(2)})
    {'w': array([1., 1.])}
    """
    path = pathlib.Path(path)
    data = path.read_bytes()
    try:
        arrays, about = (_read_npz if data[:2] == b"PK" else _read_safetensors)(data)
        found: Any = arrays
        if about is not None:
            held = json.loads(about)
            if held.get("format") != FORMAT:
                raise ArgumentError(f"it says {held.get('format')!r}, not {FORMAT!r}")
            found = _from_json(held["tree"], arrays)
    except ArgumentError as error:
        raise ArgumentError(f"{path.name} cannot be loaded: {error}") from None
    except (
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        IndexError,
        EOFError,
        NotImplementedError,  # a compression that is not known, in an npz
        RuntimeError,
        struct.error,
        zipfile.BadZipFile,
    ) as error:
        raise ArgumentError(f"{path.name} cannot be loaded: it is damaged ({error})") from error
    return found if model is None else loadmodel_(model, found)


# ---------------------------------------------------------------------------------------------
# The tree of a state as JSON; the arrays by name
# ---------------------------------------------------------------------------------------------


def _to_json(x: Any, name: str, arrays: dict[str, np.ndarray]) -> Any:
    if isinstance(x, np.ndarray) and not x.dtype.hasobject:
        arrays[name or "value"] = x
        return {"array": name or "value"}
    if x is None or isinstance(x, (bool, int, str)):
        return x
    if isinstance(x, np.generic):
        return {"number": _plain_number(x.item()), "type": x.dtype.name}
    if isinstance(x, (float, complex)):
        return {"number": _plain_number(x)}
    dot = f"{name}." if name else ""
    if isinstance(x, (Record, dict)):
        parts = {str(k): _to_json(v, f"{dot}{k}", arrays) for k, v in x.items()}
        return {"record" if isinstance(x, Record) else "dict": parts}
    if isinstance(x, (tuple, list)):
        kind = "tuple" if isinstance(x, tuple) else "list"
        return {kind: [_to_json(v, f"{dot}{i}", arrays) for i, v in enumerate(x)]}
    raise ArgumentError(f"{name or 'the model'} is {x!r}, which cannot be saved")


def _plain_number(x: Any) -> Any:
    """A number for JSON; infinities and NaN as text, complex numbers as two."""
    if isinstance(x, complex):
        return [_plain_number(x.real), _plain_number(x.imag)]
    return x if math.isfinite(x) else str(x)


def _from_json(x: Any, arrays: dict[str, np.ndarray]) -> Any:
    if not isinstance(x, dict):
        return x
    if "array" in x:
        return arrays[x["array"]]
    if "number" in x:
        value = x["number"]
        value = complex(*map(float, value)) if isinstance(value, list) else value
        value = float(value) if isinstance(value, str) else value
        kind: Any = np.dtype(x["type"]).type if "type" in x else lambda v: v
        return kind(value)
    if "record" in x:
        return Record(**{k: _from_json(v, arrays) for k, v in x["record"].items()})
    if "dict" in x:
        return {k: _from_json(v, arrays) for k, v in x["dict"].items()}
    members = [_from_json(v, arrays) for v in x["tuple" if "tuple" in x else "list"]]
    return tuple(members) if "tuple" in x else members


# ---------------------------------------------------------------------------------------------
# The two formats
# ---------------------------------------------------------------------------------------------


def _write_safetensors(arrays: dict[str, np.ndarray], about: str) -> bytes:
    header: dict[str, Any] = {"__metadata__": {"fluxbridge": about}}
    parts, end = [], 0
    for name, array in arrays.items():
        kind = _NAMES.get(array.dtype.newbyteorder("<"))
        if kind is None:
            raise ArgumentError(f"{name} is of type {array.dtype}, which safetensors cannot hold; use .npz")
        data = np.ascontiguousarray(array, dtype=_TYPES[kind]).tobytes()
        header[name] = {"dtype": kind, "shape": list(array.shape), "data_offsets": [end, end + len(data)]}
        parts.append(data)
        end += len(data)
    head = json.dumps(header, ensure_ascii=False).encode()
    head += b" " * (-len(head) % 8)
    return b"".join([struct.pack("<Q", len(head)), head, *parts])


def _read_safetensors(data: bytes) -> tuple[dict[str, np.ndarray], str | None]:
    if len(data) < 8:
        raise ArgumentError("it is too short for a safetensors file")
    (length,) = struct.unpack("<Q", data[:8])
    if length > min(len(data) - 8, _MAX_HEADER):
        raise ArgumentError("it is not a safetensors file, or it is cut short")
    header = json.loads(data[8 : 8 + length])
    metadata = header.pop("__metadata__", None) or {}
    body = memoryview(data)[8 + length :]
    arrays = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        dtype, shape = np.dtype(_TYPES[entry["dtype"]]), tuple(entry["shape"])
        if not 0 <= begin <= end <= len(body):
            raise ArgumentError(f"it is cut short: {name} is missing")
        if end - begin != math.prod(shape) * dtype.itemsize:
            raise ArgumentError(f"it is damaged: {name} has another size than its header says")
        arrays[name] = np.frombuffer(body[begin:end], dtype).reshape(shape).copy()
    return arrays, metadata.get("fluxbridge")


def _write_npz(arrays: dict[str, np.ndarray], about: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("fluxbridge.json", about)
        for name, array in arrays.items():
            member = io.BytesIO()
            np.lib.format.write_array(member, array, allow_pickle=False)
            archive.writestr(f"{name}.npy", member.getvalue())
    return file.getvalue()


def _read_npz(data: bytes) -> tuple[dict[str, np.ndarray], str | None]:
    arrays, about = {}, None
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for member in archive.namelist():
            held = archive.read(member)
            if member == "fluxbridge.json":
                about = held.decode()
            else:
                arrays[member.removesuffix(".npy")] = np.lib.format.read_array(
                    io.BytesIO(held), allow_pickle=False
                )
    return arrays, about
