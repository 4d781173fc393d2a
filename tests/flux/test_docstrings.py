"""Docstrings of layers, NNlib, losses, initialisers and one-hot arrays: shapes, errors and an example."""

import importlib
import pkgutil
import types

from docstrings import gaps, public

from fluxbridge.flux import initialisers, layers, losses, nnlib, onehotarrays


def modules_of(package):
    return [
        importlib.import_module(f"{package.__name__}.{m.name}")
        for m in pkgutil.iter_modules(package.__path__)
    ]


MODULES = [*modules_of(layers), *modules_of(nnlib), losses, initialisers, onehotarrays]


def exported():
    """What users reach: the names of flux, NNlib and Losses, by the modules that define them."""
    from fluxbridge import flux

    there = {id(getattr(flux, n)) for n in flux.__all__} | {id(getattr(nnlib, n)) for n in nnlib.__all__}
    there |= {id(f) for _, f in public([losses, initialisers, onehotarrays])}
    for module in MODULES:
        kept = types.ModuleType(module.__name__)
        kept.__dict__.update({n: f for n, f in vars(module).items() if id(f) in there})
        yield kept


def test_docstrings_say_shapes_errors_and_an_example():
    assert gaps(exported(), unshaped={"Chain", "Recurrence"}) == []


def test_the_check_finds_what_is_missing():
    module = types.ModuleType("sample")

    def vague(x):
        """Does it."""

    def whole(x):
        """x, of any shape.

        Raises nothing.

        >>> whole(1)
        """

    for f in (vague, whole):
        f.__module__ = "sample"
        setattr(module, f.__name__, f)
    assert gaps([module]) == [f"sample.vague: {what}" for what in ("Raises", "an example", "shapes")]
