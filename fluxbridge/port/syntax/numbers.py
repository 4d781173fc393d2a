"""Number literals of Julia."""

from __future__ import annotations

import re

import numpy as np

from .errors import JuliaSyntaxError
from .tree import Expr, Literal, Name, Node

NUMBER = re.compile(
    r"0x(?:[0-9a-fA-F](?:_?[0-9a-fA-F])*)?(?:\.[0-9a-fA-F]*)?p[+-]?\d+"
    r"|0x[0-9a-fA-F](?:_?[0-9a-fA-F])*|0b[01](?:_?[01])*|0o[0-7](?:_?[0-7])*"
    r"|(?:\d(?:_?\d)*(?:\.\d(?:_?\d)*)?|\.\d(?:_?\d)*|\d(?:_?\d)*\.(?=[eEf][+-−]?\d))(?:[eEf][+\-−]?\d+)"
    r"|\d(?:_?\d)*\.\d(?:_?\d)*|\.\d(?:_?\d)*|\d(?:_?\d)*\.(?![.\w+\-*/\\^%<>=!&|÷⋅×∘'~:])|\d(?:_?\d)*\.(?=:(?!:))|\d(?:_?\d)*"
)


def number(text: str, at: int) -> Node:
    """The literal for one number; too long integers become macro calls, as in Julia."""
    plain = text.replace("_", "").replace("−", "-")
    if plain[:2] in ("0x", "0b", "0o") and "p" not in plain:
        base, width = {"0x": (16, 4), "0b": (2, 1), "0o": (8, 3)}[plain[:2]]
        value, digits = int(plain[2:], base), len(plain) - 2
        bits = digits * width if base != 8 else max(value.bit_length(), 1)
        for size in (8, 16, 32, 64, 128):
            if bits <= size:
                return Literal(f"UInt{size}", value, at)
        return Literal("BigInt", value, at)
    if plain.startswith("0x"):
        return Literal("Float64", float.fromhex(plain), at)
    if re.fullmatch(r"\d+", plain):
        integer = int(plain)
        if integer < 2**63:
            return Literal("Int64", integer, at)
        macro = "@int128_str" if integer < 2**127 else "@big_str"
        return Expr("macrocall", [Name(f"Core.{macro}", at), Literal("String", text, at)], at)
    if "f" in plain:
        return Literal("Float32", np.float32(plain.replace("f", "e")), at)
    return Literal("Float64", float(plain), at)


def match(text: str, at: int) -> str:
    """The number that begins here."""
    found = NUMBER.match(text, at)
    if found is None:
        raise JuliaSyntaxError("a number was expected", text, at)
    return found.group()
