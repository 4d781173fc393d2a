"""Calls of Plots become statements of matplotlib that draw the same."""

from __future__ import annotations

import numpy as np
import pytest

plt = pytest.importorskip("matplotlib.pyplot")

from portrunning import execute  # noqa: E402

from fluxbridge.port import translate_cells  # noqa: E402


@pytest.fixture(autouse=True)
def _closed():
    plt.switch_backend("Agg")
    plt.close("all")
    yield
    plt.close("all")


def drawn(julia):
    """The axes that a program of Plots leaves behind, one for each figure."""
    translation = translate_cells(["using Plots\n" + julia])
    assert [p.refused for p in translation.refusals] == []
    _, _, errors = execute(translation)
    assert errors == []
    return [plt.figure(n).gca() for n in plt.get_fignums()]


def test_a_line_with_its_looks():
    (axes,) = drawn(
        'plot([1, 2, 3], [1.0, 4.0, 9.0], label="squares", lw=3, c=:red, ls=:dash, marker=:circle, title="t", xlabel="x")'  # noqa: E501
    )
    (line,) = axes.get_lines()
    assert line.get_xydata().tolist() == [[1, 1], [2, 4], [3, 9]]
    assert (line.get_linewidth(), line.get_color(), line.get_linestyle(), line.get_marker()) == (
        3,
        "red",
        "--",
        "o",
    )
    assert (axes.get_title(), axes.get_xlabel()) == ("t", "x")
    assert [t.get_text() for t in axes.get_legend().get_texts()] == ["squares"]


def test_positions_count_from_1_where_there_is_no_x():
    (axes,) = drawn("plot([5.0, 6.0])")
    assert axes.get_lines()[0].get_xydata().tolist() == [[1, 5], [2, 6]]


def test_plot_makes_a_figure_and_its_sister_with_an_exclamation_mark_adds_to_it():
    first, second = drawn("plot([1, 2]); plot!([2, 1]); scatter([1], [2]); hline!([3.0, 4.0]); ylims!(0, 5)")
    assert len(first.get_lines()) == 2
    assert len(second.collections) == 1 and [line.get_ydata()[0] for line in second.get_lines()] == [3.0, 4.0]
    assert second.get_ylim() == (0, 5)


def test_a_plot_in_a_variable_is_drawn_into_later():
    first, _ = drawn('p = plot([1, 2])\nplot([7, 7])\nplot!(p, [3, 4], label="later")')
    assert len(first.get_lines()) == 2


def test_functions():
    (axes,) = drawn('plot([sin, x -> x^2], 0, 2, label=["a" "b"])')
    a, b = axes.get_lines()
    assert np.allclose(a.get_ydata(), np.sin(a.get_xdata())) and np.allclose(
        b.get_ydata(), b.get_xdata() ** 2
    )
    assert (a.get_label(), b.get_label()) == ("a", "b")


def test_a_contour_of_a_function_has_rows_for_y():
    (axes,) = drawn("f(x, y) = 10x + y\nheatmap([1.0, 2.0, 3.0], [1.0, 2.0], f)")[:1]
    (mesh,) = axes.collections
    assert np.reshape(mesh.get_array(), (2, 3)).tolist() == [[11, 21, 31], [12, 22, 32]]


def test_several_plots_beside_each_other():
    (axes,) = drawn("a = plot([1, 2])\nb = scatter([1], [1])\nplot(a, b, layout=(1, 2))")
    assert len(axes.figure.axes) == 2


@pytest.mark.parametrize(
    "julia, reason",
    [
        ("surface([1.0], [1.0], [1.0;;])", "plot_surface"),
        ("plot([1], [2], ribbon=3)", "the keyword ribbon of plot"),
        ("@gif for i in 1:3\nplot([i])\nend", "matplotlib.animation"),
        ("plot([1], st=:violin)", "the kind violin of a plot"),
    ],
)
def test_what_is_refused(julia, reason):
    (refused,) = translate_cells(["using Plots\n" + julia]).refusals
    assert reason in refused.refused
