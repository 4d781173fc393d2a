"""The recorded calls on other seeds, asked of the real Julia through the bridge."""

from __future__ import annotations

import json
import secrets

import pytest
from juliarandom import answer, rows

import fluxbridge

pytestmark = pytest.mark.julia

ROWS = [row for name in ("", "mixed_") for row in rows(f"julia_random_{name}1.10.8.jsonl")]
CALLS = sorted({row["call"] for row in ROWS})[::3]  # each is compiled first

ASKED = r"""
module RandomAsked
    const Random = Base.require(Base.PkgId(Base.UUID("9a3f8284-a2c9-5f02-9a11-845980a1fd5c"), "Random"))
    using .Random
    const StableRNG = try
        Base.require(Base.PkgId(Base.UUID("860ef19b-820b-49d6-a774-d7a799459cd3"), "StableRNGs")).StableRNG
    catch
        nothing  # not in the project
    end
    quoted(text) = '"' * text * '"'
    hex(bits, digits) = quoted(string(bits, base = 16, pad = digits))
    write_(x::Float64) = hex(reinterpret(UInt64, x), 16)
    write_(x::Float32) = hex(reinterpret(UInt32, x), 8)
    write_(x::Float16) = hex(reinterpret(UInt16, x), 4)
    write_(x::UInt64) = hex(x, 1)
    write_(x::Bool) = string(x)
    write_(x::Integer) = string(x)
    write_(x::Complex) = write_([real(x), imag(x)])
    write_(x::AbstractChar) = write_(string(x))
    escaped(c) = c in ('"', '\\') || c < ' ' ? "\\u" * string(UInt32(c), base = 16, pad = 4) : string(c)
    write_(x::AbstractString) = quoted(join(map(escaped, collect(x))))
    write_(x::Union{AbstractArray, Tuple}) = "[" * join((write_(y) for y in x), ",") * "]"
    function ask(seed, call)
        Random.seed!(parse(BigInt, seed))
        write_(Base.eval(RandomAsked, Meta.parse("let seed = big($seed)\n$call\nend")))
    end
end
RandomAsked.ask
"""


@pytest.fixture(scope="module")
def ask():
    return fluxbridge.julia.function(f"include_string(Main, {json.dumps(ASKED)})".replace("$", r"\$"))


@pytest.mark.parametrize("call", CALLS)
def test_live_numbers(ask, call):
    if "StableRNG" in call and ask("0", "isnothing(StableRNG)") == "true":
        pytest.skip("StableRNGs is not in the project")
    for seed in (secrets.randbits(16), secrets.randbits(64)):
        assert answer(call, seed) == json.loads(str(ask(str(seed), call))), seed
