"""What Julia becomes: idioms where the kinds are known, helpers where not, refusals with reasons."""

from __future__ import annotations

import numpy as np
import pytest
from portrunning import execute

from fluxbridge.port import translate, translate_cells

IDIOMS = [
    ("x = [1.0, 2.0, 3.0]\nx[1]", "x = np.array([1.0, 2.0, 3.0])\nx[0]"),
    ("x = [1, 2, 3]\nx[end]", "x = np.array([1, 2, 3])\nx[-1]"),
    ("x = [1, 2, 3]\nx[2:end]", "x = np.array([1, 2, 3])\nx[1:].copy()"),
    ("A = [1 2; 3 4]\nA[:, 1]", "A = np.array([[1, 2], [3, 4]])\nA[:, 0].copy()"),
    (
        "A = [1.0 2.0; 3.0 4.0]\nsum(A, dims = 1)",
        "A = np.array([[1.0, 2.0], [3.0, 4.0]])\nnp.sum(A, axis=0, keepdims=True)",
    ),
    (
        "W = [1.0 2.0; 3.0 4.0]; x = [1.0, 2.0]; b = [0.5, 0.5]\nW * x .+ b",
        "W = np.array([[1.0, 2.0], [3.0, 4.0]])\nx = np.array([1.0, 2.0])\nb = np.array([0.5, 0.5])\nW @ x + b",  # noqa: E501
    ),
    (
        "X = [1.0 2.0; 3.0 4.0]; b = [0.5, 0.5]\nX .+ b",
        "X = np.array([[1.0, 2.0], [3.0, 4.0]])\nb = np.array([0.5, 0.5])\nX + b[:, None]",
    ),
    ("x = [1.0, 2.0]\nsin.(x) .^ 2", "x = np.array([1.0, 2.0])\nnp.sin(x) ** 2"),
    ("for i in 1:3\n    println(i)\nend", "for i in range(1, 4):\n    print(i)"),
    ('d = Dict("a" => 1)\nhaskey(d, "b")', "d = {'a': 1}\n'b' in d"),
    ("xs = Float64[]\npush!(xs, 1)", "xs = []\nxs.append(float(1))"),
    ("f(x; n = 2) = x^n\nf(3.0)", "def f(x, *, n=2):\n    return x ** n\nf(3.0)"),
    ("x = 2.0\ny = x > 1 ? x : -x", "x = 2.0\ny = x if x > 1 else -x"),
    ('name = "Ann"\nprintln("hello $name")', "name = 'Ann'\nprint(f'hello {name}')"),
    (
        "n = 5\ntotal = 0\nwhile n > 0\n    global total += n\n    global n -= 1\nend",
        "n = 5\ntotal = 0\nwhile n > 0:\n    total += n\n    n -= 1",
    ),
    ("x = nothing\nx === nothing", "x = None\nx is None"),
    ("[i^2 for i in 1:3]", "np.array([i ** 2 for i in range(1, 4)])"),
    ("[(i, j) for i in 1:2 for j in i:2]", "[(i, j) for i in range(1, 3) for j in range(i, 3)]"),
    (
        "using Flux\nm = Chain(Dense(2 => 3, relu), Dense(3 => 1))",
        "m = Flux.Chain(Flux.Dense((2, 3), Flux.relu), Flux.Dense((3, 1)))",
    ),
    ("using Flux\nFlux.unsqueeze(x, dims = 1)", "Flux.unsqueeze(x, axis=0)"),
]


def body(code):
    """A translation without its imports and blank lines."""
    return "\n".join(
        line for line in code.splitlines() if line.strip() and not line.startswith(("import ", "from "))
    )


@pytest.mark.parametrize("julia, python", IDIOMS)
def test_what_is_known_is_written_as_in_python(julia, python):
    assert body(translate(julia)) == python


def test_what_is_not_known_calls_a_helper():
    assert body(translate("f.(x) .+ 1")) == "jl.broadcast(jl.add, jl.broadcast(f, x), 1)"
    assert body(translate("f(x) = x * 2")) == "def f(x):\n    return jl.mul(x, 2)"


@pytest.mark.parametrize(
    "julia, reason",
    [
        ("@eval $name(x) = 1", "@eval"),
        ("macro m(x)\n x\nend", "macro"),
        ("using DataFrames", "pandas"),
        ("using Lux", "Lux"),
        ("ex = :(x + 1)", "quoted code"),
        ("@generated f(x) = x", "@generated"),
        ("x = (1", "no valid Julia: line 1, column 7"),
        ("ccall(:f, Int, ())", "ccall"),
        ("module M\nmodule N\nend\nend", "module"),
    ],
)
def test_what_has_no_counterpart_is_refused_with_its_reason(julia, reason):
    translation = translate_cells([julia])
    assert len(translation.refusals) == 1
    assert reason in translation.refusals[0].refused
    assert translation.code.startswith("# not translated: ")
    for line in julia.splitlines():
        assert f"#   {line}" in translation.code


def test_what_depends_on_a_refused_cell_is_marked_and_the_rest_runs():
    translation = translate_cells(
        ["using CUDA", "x = cu([1.0])", "y = 2 .* x", "z = 1 + 1", "x = [5.0]", "w = x[1]"]
    )
    refused = [p.julia for p in translation.refusals]
    assert refused == ["using CUDA", "x = cu([1.0])", "y = 2 .* x"]
    assert "depends on x, which was not translated" in translation.code
    scope, _, errors = execute(translation)
    assert errors == [] and scope["z"] == 2 and scope["w"] == 5.0 and "y" not in scope


def test_random_numbers_after_a_refused_draw_are_refused_until_the_next_seed():
    cells = [
        "using Random",
        "Random.seed!(1)",
        "ex = :(rand())",
        "@eval rand()",
        "a = rand()",
        "Random.seed!(2)",
        "b = rand()",
    ]
    translation = translate_cells(cells)
    assert any(
        "would not be Julia's" in (p.refused or "") and p.julia == "a = rand()" for p in translation.refusals
    )
    scope, _, errors = execute(translation)
    assert errors == [] and isinstance(scope["b"], float) and "a" not in scope


def test_comments_and_blank_lines_stay():
    julia = "# first\nx = 1  # behind\n\nfunction f(y)\n    # inside\n    return y\nend"
    assert translate(julia) == "# first\nx = 1  # behind\n\ndef f(y):\n    # inside\n    return y"


def run(julia):
    """The variables of a translated program."""
    translation = translate_cells([julia])
    assert translation.refusals == []
    scope, _, errors = execute(translation)
    assert errors == []
    return scope


def test_variables_hold_what_they_hold_in_julia():
    scope = run("x = [4, 9, 2]\ni = argmax(x)\nbest = x[i]\nplaces = findall(>(3), x)\nr = 1:3")
    assert (
        scope["i"] == 2
        and scope["best"] == 9
        and list(scope["places"]) == [1, 2]
        and list(scope["r"]) == [1, 2, 3]
    )


def test_slices_are_copies_and_aliases_are_not():
    scope = run("x = [1, 2, 3]\ny = x[1:2]\ny[1] = 9\nz = x\nz[3] = 7")
    assert list(scope["x"]) == [1, 2, 7] and list(scope["y"]) == [9, 2]


def test_integers_overflow_as_in_julia():
    scope = run(
        "a = 1\nfor i in 1:70\n    global a = a * 2\nend\nb = typemax(Int64) + 1\nc = 3^50\nd = 10^18 * 10"
    )
    assert scope["a"] == 0 and scope["b"] == -(2**63) and scope["c"] == (3**50 + 2**63) % 2**64 - 2**63
    assert scope["d"] == -8446744073709551616


def test_closures_keep_the_variable_of_their_iteration():
    scope = run(
        "fs = [() -> k for k in 1:3]\nvals = [f() for f in fs]\ngs = []\nfor k in 1:3\n    push!(gs, () -> 10k)\nend\nw = [g() for g in gs]"  # noqa: E501
    )
    assert list(scope["vals"]) == [1, 2, 3] and list(scope["w"]) == [10, 20, 30]


def test_vectors_that_a_function_makes_longer_can_grow():
    scope = run("function add!(v, x)\n    push!(v, x)\n    v\nend\na = [1, 2]\nadd!(a, 3)\nb = sum(a)")
    assert list(scope["a"]) == [1, 2, 3] and scope["b"] == 6


def test_text_characters_and_symbols_are_different():
    scope = run('a = "a" == \'a\'\nb = :a == "a"\nc = \'a\' != "a"\nd = "a" == "a"')
    assert (scope["a"], scope["b"], scope["c"], scope["d"]) == (False, False, True, True)


def test_loop_variables_do_not_leak_into_variables_outside():
    scope = run("i = 99\nt = 0\nfor i in 1:3\n    global t += i\nend\n")
    assert scope["i"] == 99 and scope["t"] == 6


def test_widths_are_those_of_julia():
    scope = run("a = 0.1 .* Float32[1]\nb = 2 .* Float32[1]\nc = 1f0 * 0.1\nd = [1, 2] .* Float32[1, 2]")
    assert scope["a"].dtype == np.float64 and scope["b"].dtype == np.float32
    assert scope["c"] == float(np.float32(1)) * 0.1 and scope["d"].dtype == np.float32


def test_every_piece_is_valid_python_and_the_same_each_time():
    text = "function f(x)\n    # nothing here\nend\nif true\n    # only a comment\nend\nfor i in 1:2\n    # here too\nend"  # noqa: E501
    first, second = translate(text), translate(text)
    assert first == second
    compile(first, "<t>", "exec")
    assert "# only a comment" in first


@pytest.mark.parametrize(
    "text", ["", "\n", "# only a comment", 'x = """\n', "\x00", "end end end", "(" * 3000]
)
def test_malformed_text_is_no_crash(text):
    code = translate(text)
    compile(code, "<t>", "exec")


def test_long_programs():
    code = translate_cells(["\n".join(f"x{i} = {i} + 1" for i in range(1500))]).code
    assert code.count("\n") >= 1500


def test_a_module_whose_names_mean_something_else_outside_is_refused():
    translation = translate_cells(["f(x) = 1\nmodule M\nf(x) = 2\nend\ny = f(0)\nz = M.f(0)"])
    assert next(p.refused for p in translation.refusals) == "a module"
    scope, _, errors = execute(translation)
    assert errors == [] and scope["y"] == 1 and "z" not in scope
