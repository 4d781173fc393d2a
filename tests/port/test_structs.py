"""Structs and methods: what the programs print is what Julia 1.10 printed (the files that end with .out).

Each program is translated twice: as usual, and as if anything could be passed to its functions and types
(then nothing is assumed: structs are ``@jl.struct``, operators are helpers). Both must print the same.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from portrecorded import printed_differs
from portrunning import execute

from fluxbridge.port.translate import translate_cells

PROGRAMS = sorted((Path(__file__).parent / "structs").glob("*.jl"))

#: Programs with a struct that no dataclass can be: it says its type parameter when it is printed, or may be.
GENERAL = {"parametric_point", "trees_and_accounts"}


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_plain_and_general_translations_print_the_same(path):
    text = path.read_text(encoding="utf-8")
    plain, general = translate_cells([text]), translate_cells([text], interactive=True)
    assert plain.refusals == [] and general.refusals == []
    _, printed, errors = execute(plain)
    _, expected, others = execute(general)
    assert errors == [] and others == []
    assert printed == expected and printed.strip()
    assert ("@jl.struct" in plain.code) == (path.stem in GENERAL)
    assert plain.code.count("jl.") <= general.code.count("jl.")


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_what_is_printed_is_what_julia_printed(path):
    _, printed, errors = execute(translate_cells([path.read_text(encoding="utf-8")]))
    assert errors == []
    assert printed_differs(path.with_suffix(".out").read_text(encoding="utf-8"), printed) is None


def translated(julia: str) -> str:
    return translate_cells([julia]).code


def test_a_value_is_converted_where_it_is_passed():
    code = translated("struct P\n    x::Float64\n    n::Int\nend\np = P(1, 2)\nq = P(p.n, true)\n")
    assert "@dataclass(frozen=True)" in code
    assert "p = P(1.0, 2)" in code and "q = P(float(p.n), int(True))" in code


@pytest.mark.parametrize(
    "use",
    [
        "ps = map(P, [1, 2])",  # the type is called with what is not seen
        "f = P\nf(1)",
        "t = P{Float64}",
        "p = P([1])",  # no Float64
    ],
)
def test_a_struct_whose_use_is_not_certain_stays_julias(use):
    assert "@jl.struct" in translated(f"struct P\n    x::Float64\nend\n{use}\n")


def test_a_field_of_an_immutable_struct_cannot_be_set():
    code = translated("struct P\n    x::Float64\nend\np = P(1)\np.x = 2\n")
    assert "@jl.struct" in code


def test_two_methods_that_call_a_struct_are_told_apart():
    code = 'struct F end\n(f::F)(x::Int) = 1\n(f::F)(x::String) = 2\nf = F()\na = f(3)\nb = f("s")\n'
    scope, _, errors = execute(translate_cells([code]))
    assert errors == [] and (scope["a"], scope["b"]) == (1, 2)


def test_methods_move_into_the_class_and_comments_stay_above_them():
    code = translated(
        "struct P\n    x::Float64\nend\n# a sum\nBase.:+(a::P, b::P) = P(a.x + b.x)\np = P(1) + P(2)\n"
    )
    assert "    # a sum\n    def __add__(self, b):\n        return P(self.x + b.x)\n" in code
    assert "p = P(1.0) + P(2.0)" in code


def test_a_method_behind_other_statements_is_given_to_the_class():
    code = translated("struct P\n    x::Float64\nend\np = P(1)\nBase.length(p::P) = 3\nn = length(p)\n")
    scope, _, errors = execute(
        translate_cells(["struct P\n    x::Float64\nend\np = P(1)\nBase.length(p::P) = 3\nn = length(p)\n"])
    )
    assert "P.__len__ = len_p" in code and errors == [] and scope["n"] == 3


def test_equality_is_that_of_julia():
    text = (
        "struct P\n    x::Float64\nend\nstruct A\n    v::Vector{Float64}\nend\n"
        "mutable struct M\n    x::Int\nend\nv = [1.0]\n"
        "r = (P(0.0) == P(-0.0), P(NaN) == P(NaN), P(1) == P(1.0),\n"
        "     A([1.0]) == A([1.0]), A(v) == A(v), M(1) == M(1))\n"
    )
    translation = translate_cells([text])
    scope, _, errors = execute(translation)
    assert errors == [] and "@jl.struct" not in translation.code
    assert [bool(x) for x in scope["r"]] == [False, True, True, False, True, False]


def test_a_type_within_what_is_asked_is_still_called():
    assert "@jl.struct" in translated(
        "struct P\n    x::Float64\nend\nz = length(map(P, [1, 2]))\nn = fieldnames(P)\n"
    )
    assert "@jl.struct" not in translated("struct P\n    x::Float64\nend\nn = fieldnames(P)\n")
