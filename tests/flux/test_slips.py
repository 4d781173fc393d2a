"""What somebody who comes from Julia writes by mistake: the error says what to write, and that works."""

import copy
import inspect
import pickle
import re
import subprocess
import sys

import numpy as np
import pytest
from ownerrors import raised_by_us, refused

from fluxbridge import flux, gradient, ignore_derivatives
from fluxbridge.errors import ArgumentError, DimensionMismatch
from fluxbridge.flux import MLUtils, NNlib
from fluxbridge.flux.axes import takes_axis
from fluxbridge.flux.oldnames import OLD_NAMES

X = np.arange(24.0).reshape(2, 3, 4)
Y = np.full((2, 3), 0.5)

#: Calls with Julia's dims, and the same with the axis.
DIMS = {
    **{f: (getattr(flux, f), (X,)) for f in ("softmax", "logsoftmax", "logsumexp", "normalise", "rescale")},
    **{f: (getattr(flux, f), (X, 1)) for f in ("pad_zeros", "pad_constant", "rpad_constant", "topk")},
    **{f: (getattr(flux, f), (X, (1, 1))) for f in ("pad_repeat", "pad_reflect", "pad_circular")},
    **{f: (getattr(flux, f), (Y, Y)) for f in ("crossentropy", "logitcrossentropy", "focal_loss", "cat")},
    "unsqueeze": (flux.unsqueeze, (X,)),
    "stack": (flux.stack, ([X, X],)),
    "unstack": (flux.unstack, (X,)),
    "chunk": (flux.chunk, (X, 2)),
    "normalise of MLUtils": (MLUtils.normalise, (X,)),
    "glu": (NNlib.glu, (X,)),
    "kldivergence": (flux.kldivergence, (Y, Y)),
    "label_smoothing": (flux.label_smoothing, (Y, 0.1)),
    "Dropout": (lambda **options: repr(flux.Dropout(0.5, **options)), ()),
    "WeightNorm": (lambda **options: repr(flux.WeightNorm(flux.Dense((2, 3)), **options)), ()),
}  # fmt: skip


def advised(caught, pattern="write (.*)$"):
    """What the error says to write."""
    return re.search(pattern, str(caught.value)).group(1)


def same(a, b):
    return all(map(np.array_equal, a, b)) if isinstance(a, (tuple, list)) else np.array_equal(a, b)


@pytest.mark.parametrize("name", DIMS)
def test_dims_is_axis(name):
    f, args = DIMS[name]
    dims = 1 if name in ("glu", "label_smoothing") else 2
    with refused(ArgumentError, match="has no dims; axes count from 0") as caught:
        f(*args, dims=dims)
    axis = eval(f"dict({advised(caught)})")
    assert axis == {"axis": dims - 1}
    assert same(f(*args, **axis), f(*args, axis=dims - 1))


def test_every_public_function_with_an_axis_says_it():
    silent = []
    for module in (flux, NNlib, MLUtils, flux.Losses):
        for name in module.__all__ if hasattr(module, "__all__") else ():
            f = getattr(module, name)
            if inspect.isfunction(f) and "axis" in inspect.signature(f).parameters:
                try:
                    f(X, dims=1)
                except ArgumentError as error:
                    assert "write axis=0" in str(error) and raised_by_us(error)
                else:
                    silent.append(name)
    assert silent == []


def test_several_dims_and_all_of_them():
    with refused(ArgumentError, match=r"write axis=\(0, 1\)"):
        flux.softmax(X, dims=(1, 2))
    assert flux.softmax(X, axis=(0, 1)).shape == X.shape
    with refused(ArgumentError, match="axis=None for all"):
        flux.logsumexp(X, dims=":")
    assert np.ndim(flux.logsumexp(X, axis=None)) == 0


@pytest.mark.parametrize(
    ("call", "right"),
    [
        (lambda: flux.unsqueeze(X, 3), lambda **axis: flux.unsqueeze(X, **axis)),
        (lambda: flux.stack([X, X], 3), lambda **axis: flux.stack([X, X], **axis)),
        (lambda: flux.unstack(X, 3), lambda **axis: flux.unstack(X, **axis)),
        (lambda: flux.rescale(X, 3), lambda **axis: flux.rescale(X, **axis)),
    ],
)
def test_the_axis_by_position(call, right):
    with refused(ArgumentError, match="as a keyword") as caught:
        call()
    axis = eval(f"dict({advised(caught)})")
    assert axis == {"axis": 2} and right(**axis) is not None
    with pytest.raises(TypeError):
        flux.unsqueeze(X, 3, 4)


@pytest.mark.parametrize(
    "call",
    [
        lambda axis: flux.softmax(X, axis=axis),
        lambda axis: flux.normalise(X, axis=axis),
        lambda axis: flux.unstack(X, axis=axis),
        lambda axis: flux.chunk(X, 2, axis=axis),
        lambda axis: flux.unsqueeze(X[0], axis=axis),
    ],
)
def test_an_axis_that_is_counted_from_one(call):
    with refused(DimensionMismatch, match="Julia's dims=3 is axis=2") as caught:
        call(3)
    call(int(advised(caught, r"is axis=(\d)")))
    with refused(DimensionMismatch) as caught:
        call(7)
    assert "Julia" not in str(caught.value)


def test_functions_with_an_axis_are_functions_like_others():
    assert flux.functors.isleaf(flux.softmax), "it is no part of a model with parts of its own"
    assert pickle.loads(pickle.dumps(flux.softmax)) is flux.softmax is copy.deepcopy(flux.softmax)
    assert "axis" in inspect.signature(flux.softmax).parameters
    assert repr(flux.Chain(flux.softmax)) == "Chain(softmax)"

    @takes_axis
    def own(x, /, *rest, axis=0):
        return axis, rest

    assert own(1, 2, 3, axis=1) == (1, (2, 3))


def test_a_device_for_something():
    with refused(ArgumentError, match=r"gpu_device\(\) or cpu_device\(\)"):
        flux.get_device()
    assert flux.get_device(X) == flux.cpu_device()
    assert flux.get_device(None) is None


@pytest.mark.parametrize(
    "make",
    [
        flux.Chain,
        lambda *layers: flux.Chain(a=layers[0], b=layers[1]),
        flux.Maxout,
        lambda *layers: flux.Parallel(np.add, *layers),
    ],
)
def test_layers_count_from_zero(make):
    m = make(flux.Dense((2, 3)), flux.Dense((2, 3)))
    with refused(IndexError, match="has 2 layers, at positions from 0, and none at 2") as caught:
        _ = m[2]
    assert eval(advised(caught, "Julia's m.2. is (.*)$"), {"m": m}) is m.layers[1]
    with refused(IndexError) as caught:
        _ = m[5]
    assert "Julia" not in str(caught.value)
    assert m[-1] is m.layers[1]


#: Code that does what the messages about old names advise; its first word stands in the message.
ADVICE = {
    "Diagonal": "Scale(2)(X)",
    "ExpDecay": "adjust_(setup(Adam(), {'w': X}), 0.1 * 0.5 ** (3 // 10))",
    "InvDecay": "adjust_(setup(Adam(), {'w': X}), 0.1 * 0.5 ** (3 // 10))",
    "Optimise": "Flux.Optimisers",
    "Recur": "RNN((2, 5)), LSTM((2, 5)), GRU((2, 5)), Recurrence(RNNCell((2, 5)))",
    "Tracker": "gradient(f, X)",
    "Zeros": "Dense((2, 3), bias=False)",
    "CMUDict": "sklearn.datasets.load_digits()",
    "Data": "DataLoader(X)",
    "FashionMNIST": "sklearn.datasets.load_digits()",
    "MNIST": "sklearn.datasets.load_digits()",
    "SGD": "Descent(0.1)",
    "Sentiment": "sklearn.datasets.load_digits()",
    "expand_dims": "unsqueeze(X, axis=0)",
    "hinge": "Losses.hinge_loss(X, X)",
    "istraining": "within_gradient(X)",
    "mapchildren": "fmap(f, {'w': X})",
    "poisson": "Losses.poisson_loss(np.abs(X), np.abs(X))",
    "skip": "[x for x in X]",
    "squared_hinge": "Losses.squared_hinge_loss(X, X)",
    "stop": "[x for x in X]",
    "truncate_": "ignore_derivatives(X)",
    "back_": "gradient(f, X)",
    "epochs": "[epoch for epoch in range(3)]",
    "flip": "np.flip(layer(np.flip(X, axis=1)), axis=1)",
    "loadparams_": "loadmodel_(Dense((2, 3)), Dense((2, 3)))",
    "mapleaves": "fmap(f, {'w': X})",
    "outdims": "outputsize(Dense((2, 3)), (2, 5))",
    "param": "gradient(f, X)",
    "reset_": "layer(X[0:2, :, 0])",
    "testmode": "testmode_(Dropout(0.5))",
    "treelike": "layer",
}


@pytest.mark.parametrize("name", OLD_NAMES)
def test_an_old_name_says_the_new_one(name):
    with refused(AttributeError, match=f"Flux.{name} is a name of older versions of Flux: ") as caught:
        getattr(flux, name)
    text = str(caught.value)
    with refused(ImportError) as imported:
        exec(f"from fluxbridge.flux import {name}", {})
    assert str(imported.value) == text, "an import says the same"
    first = re.match(r"\W*([\w.]*)", ADVICE[name]).group(1)
    assert first in text
    names = {**vars(flux), "Flux": flux, "np": np, "X": X, "f": np.sum, "layer": flux.f64(flux.RNN((2, 5)))}
    names["ignore_derivatives"] = ignore_derivatives
    if "sklearn" in ADVICE[name]:
        names["sklearn"] = pytest.importorskip("sklearn.datasets") and sys.modules["sklearn"]
    if name == "flip":
        names["X"] = X[:, :, 0]
    eval(ADVICE[name], names)


def test_an_import_of_an_old_name_ends_a_program_with_the_new_one():
    program = "from fluxbridge.flux import Dense, reset_"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert "ImportError: Flux.reset_" in run.stderr and "layer(x, state)" in run.stderr


def test_what_is_left_out_says_why_at_an_import_too():
    with refused(ImportError, match="on the CPU, or CuPy.s"):
        from fluxbridge.flux import MetalDevice  # noqa: F401
    with pytest.raises(ImportError, match="cannot import name 'nonsense'"):
        from fluxbridge.flux import nonsense  # noqa: F401
    assert not hasattr(flux, "reset_") and getattr(flux, "flip", 3) == 3


@pytest.mark.parametrize(
    ("layer", "fields"),
    [
        (flux.Dense((2, 3)), {"W": "weight", "b": "bias"}),
        (flux.Conv((2,), (2, 3)), {"W": "weight", "b": "bias"}),
        (flux.ConvTranspose((2,), (2, 3)), {"W": "weight", "b": "bias"}),
        (flux.Bilinear((2, 3)), {"W": "weight", "b": "bias"}),
        (flux.Embedding((2, 3)), {"W": "weight"}),
        (flux.Scale(2), {"α": "scale", "β": "bias"}),
        (flux.RNNCell((2, 3)), {"b": "bias"}),
        (flux.LSTMCell((2, 3)), {"b": "bias"}),
    ],
)
def test_old_fields_say_the_new_ones(layer, fields):
    for old, new in fields.items():
        with refused(AttributeError, match=f"{old} of {type(layer).__name__} is called {new} now"):
            getattr(layer, old)
        with refused(AttributeError, match=f"is called {new} now"):
            setattr(layer, old, 1.0)
        assert not hasattr(layer, old) and isinstance(getattr(layer, new), np.ndarray)


def test_a_layer_of_ones_own_may_have_the_old_field():
    class Mine(flux.Dense):
        def __init__(self):
            super().__init__((2, 3))
            self.W = np.ones(2)

    mine = Mine()
    assert mine.W.tolist() == [1.0, 1.0]
    (slope,) = gradient(lambda m: np.sum(m.W**2), mine)
    assert slope.W.tolist() == [2.0, 2.0]
    assert flux.GRUCell((2, 3)).b.shape == (9,), "here it is the name"


def test_a_traced_layer_says_it_too():
    with refused(AttributeError, match="is called weight now"):
        gradient(lambda m: np.sum(m.W), flux.Dense((2, 3)))
