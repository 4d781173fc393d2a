"""The table of all primitives: every line of a reader's table belongs to one, and the page is current."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from fluxbridge import adjoint
from fluxbridge.autodiff.primitive import PRIMITIVES, Primitive, entry
from fluxbridge.cli import main
from fluxbridge.explanation.shown import SHOWN
from fluxbridge.julia.emit.spelled.table import SPELLINGS
from fluxbridge.nonsmooth.table import KINKS
from fluxbridge.tables import primitives as table
from fluxbridge.tables.registry import primitives

PAGE = Path(__file__).parents[2] / "docs" / "primitives.md"
TABLES = {"spellings": SPELLINGS, "templates": SHOWN, "kinks": KINKS}
MADE_AT_CALL = {f"einsum{count}" for count in range(4, 65)}


@pytest.mark.skipif(not importlib.util.find_spec("scipy"), reason="some primitives are SciPy's")
@pytest.mark.parametrize("reader", TABLES)
def test_every_line_belongs_to_a_primitive(reader):
    known = {p.name for members in primitives().values() for p in members}
    of_newer_numpy = {"vecdot", "matvec", "vecmat"}
    assert set(TABLES[reader]) - known - MADE_AT_CALL <= of_newer_numpy


def test_a_primitive_that_is_not_registered_has_no_line():
    own = Primitive("tanh", np.tanh, vjps=[lambda dy, _y, _x: dy])
    assert entry(SPELLINGS, own) is None
    assert entry(SPELLINGS, PRIMITIVES["tanh"]) == "tanh."
    assert entry(SPELLINGS, PRIMITIVES["tanh"].computed_by(np.tanh)) == "tanh."


def test_a_function_of_the_users_own_does_not_inherit_a_line_by_its_name():
    from fluxbridge import kinks

    @adjoint
    def relu(x):
        return x, lambda dy: (dy,)

    assert not kinks(relu, 0.0)


@pytest.mark.skipif(not importlib.util.find_spec("scipy"), reason="some primitives are SciPy's")
def test_the_lacking_are_named():
    found = table.lacking()
    assert "fresnel" in found["julia"] and "tanh" not in found["julia"]
    assert "tanh" in found["kinks"] and "relu" not in found["kinks"]
    assert "matmul" not in found["explained"]


def test_the_page_is_current():
    page = PAGE.read_text(encoding="utf-8")
    if f"NumPy {np.__version__};" in page and importlib.util.find_spec("scipy"):
        assert table.markdown() == page, (
            "docs/primitives.md is old: fluxbridge primitives > docs/primitives.md"
        )


def test_the_command_prints_the_page(capsys):
    assert main(["primitives"]) == 0
    assert capsys.readouterr().out == table.markdown()
