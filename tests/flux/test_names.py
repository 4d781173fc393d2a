"""Every name of Flux and its libraries is here, or left out with a reason that docs/flux.md gives."""

import ast
import importlib
import json
from pathlib import Path

import pytest

from fluxbridge import flux
from fluxbridge.flux.absent import REASONS, python_name

NAMES = json.loads(
    (Path(__file__).parents[1] / "reference" / "flux_names_0.16.10.json").read_text(encoding="utf-8")
)
PAGE = (Path(__file__).parents[2] / "docs" / "flux.md").read_text(encoding="utf-8")
MODULES = {
    "Flux": flux,
    "Losses": flux.Losses,
    "Train": flux.Train,
    "Functors": flux.Functors,
    "Optimisers": flux.Optimisers,
    "NNlib": flux.NNlib,
    "MLUtils": flux.MLUtils,
    "Datasets": flux.MLUtils.Datasets,
    "OneHotArrays": flux.OneHotArrays,
}


def names(module):
    return [name for kind in ("exported", "public", "documented") for name in NAMES[module][kind]]


@pytest.mark.parametrize("module", MODULES)
def test_every_name_is_here_or_left_out_for_a_reason(module):
    reasons = REASONS.get(module, {})
    here = {name for name in names(module) if hasattr(MODULES[module], python_name(name))}
    assert set(names(module)) - here - set(reasons) == set()
    assert here & set(reasons) == set(), "left out, but here"
    assert set(reasons) - set(names(module)) == set(), "left out, but no name of Flux"


def test_the_documentation_names_what_is_left_out():
    missing = [name for reasons in REASONS.values() for name in reasons if f"`{name}`" not in PAGE]
    assert missing == []


def test_a_name_that_is_left_out_says_why():
    with pytest.raises(AttributeError, match="on the CPU, or CuPy"):
        _ = flux.MetalDevice
    with pytest.raises(AttributeError, match="write group_counts"):
        _ = flux.MLUtils.frequencies
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = flux.nonsense
    for module in ("Functors", "NNlib", "Optimisers"):
        assert not hasattr(MODULES[module], "nonsense")


def test_what_is_exported_exists():
    for name in ("flux", "flux.nnlib", "flux.data", "flux.functors", "flux.optimisers"):
        module = importlib.import_module(f"fluxbridge.{name}")
        assert [n for n in module.__all__ if not hasattr(module, n)] == []


PACKAGES = ("flux", "flux.data", "flux.functors", "flux.optimisers")


def parts_of(package):
    """The files whose names a package imports with a star."""
    tree = ast.parse(Path(package.__file__).read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.names[0].name == "*":
            yield importlib.import_module(f"{package.__name__}.{node.module}")


@pytest.mark.parametrize("name", PACKAGES)
def test_a_package_exports_what_its_files_list(name):
    package = importlib.import_module(f"fluxbridge.{name}")
    parts = list(parts_of(package))
    assert parts
    for part in parts:
        for word in part.__all__:  # two files may list one object, but no two objects have one name
            assert getattr(package, word) is getattr(part, word), f"{word} is not the one of {part.__name__}"
            assert word in package.__all__ and word in dir(package)


@pytest.mark.parametrize("name", PACKAGES)
def test_a_star_imports_no_tools(name):
    scope = {}
    exec(f"from fluxbridge.{name} import *", scope)
    assert not {"np", "Any", "annotations", "explain", "exported", "TYPE_CHECKING"} & set(scope)
