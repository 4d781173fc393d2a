"""Names and keywords of PyTorch and Keras, and what they are called here."""

from __future__ import annotations

import difflib
import functools
import inspect
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from ..errors import ArgumentError

Function = TypeVar("Function", bound=Callable[..., Any])

_ACTIVATION = "activations are functions: write Dense((2, 3), relu), or relu as a layer of a Chain"
_SIZES = "sizes are a pair: write Dense((in, out)), or Conv((3, 3), (in, out)) with channels"
_RATE = "the learning rate stands first, and is called eta: write {name}(0.01)"
_CLASSES = "write logitcrossentropy(m(x), y), with y of onehotbatch"
_AXIS = "it is called axis, and counts from 0"

NAMES = {
    "Linear": "write Dense((in, out))",
    "Sequential": "write Chain(Dense((2, 3), relu), Dense((3, 1)))",
    "Module": "write @layer above a class with a method __call__",
    "Model": "write Chain(…), or @layer above a class with a method __call__",
    "Parameter": "every array of a layer is trained; trainable= of layer names some of them",
    **dict.fromkeys(["ReLU", "Tanh", "Sigmoid", "GELU", "LeakyReLU", "ELU", "SiLU"], _ACTIVATION),
    "Softmax": "write softmax(x), and for a loss logitcrossentropy(m(x), y) without it",
    "Flatten": "write flatten as a layer: Chain(flatten, Dense((64, 10)))",
    **dict.fromkeys(["Conv1d", "Conv1D"], "write Conv((3,), (in, out)) for arrays width × channel × batch"),
    **dict.fromkeys(
        ["Conv2d", "Conv2D"], "write Conv((3, 3), (in, out)) for arrays width × height × channel × batch"
    ),
    **dict.fromkeys(["MaxPool2d", "MaxPool2D", "MaxPooling2D"], "write MaxPool((2, 2))"),
    **dict.fromkeys(["AvgPool2d", "AveragePooling2D"], "write MeanPool((2, 2))"),
    **dict.fromkeys(["BatchNorm1d", "BatchNorm2d", "BatchNormalization"], "write BatchNorm(channels)"),
    "MultiheadAttention": "write MultiHeadAttention(size, nheads=8)",
    "CrossEntropyLoss": _CLASSES,
    "cross_entropy": _CLASSES,
    "NLLLoss": "write crossentropy(softmax(m(x)), y), with y of onehotbatch",
    "BCEWithLogitsLoss": "write logitbinarycrossentropy(m(x), y)",
    "binary_cross_entropy_with_logits": "write logitbinarycrossentropy(m(x), y)",
    **dict.fromkeys(["BCELoss", "binary_cross_entropy"], "write binarycrossentropy(m(x), y)"),
    **dict.fromkeys(["MSELoss", "mse_loss", "MeanSquaredError"], "write mse(m(x), y)"),
    **dict.fromkeys(["L1Loss", "l1_loss"], "write mae(m(x), y)"),
    "nn": "layers and losses are in fluxbridge.flux itself: write Dense, mse, relu",
    "functional": "functions are in fluxbridge.flux itself: write relu, softmax, mse",
    "optim": "the rules are in fluxbridge.flux itself: state = setup(Adam(0.01), model)",
    "zero_grad": "nothing is stored: withgradient returns the gradient, update_(state, model, grad) steps",
    "backward": "write withgradient(lambda m: loss(m(x), y), model)",
    "no_grad": "nothing is recorded outside of gradient",
    "manual_seed": "give layers a generator, init=glorot_uniform(Xoshiro(1)), with fluxbridge.random.Xoshiro",
    "fit": "write train_(loss, model, data, state), with state = setup(Adam(0.01), model)",
    "TensorDataset": "write DataLoader((x, y), batchsize=32)",
    "Tensor": "plain NumPy arrays are what layers take",
    "tensor": "plain NumPy arrays are what layers take",
}  # fmt: skip

KEYWORDS = {
    "lr": _RATE,
    "learning_rate": _RATE,
    "betas": "it is called beta: beta=(0.9, 0.999)",
    "eps": "it is called epsilon",
    "weight_decay": "rules are chained: write OptimiserChain(WeightDecay(1e-4), Adam(0.01)), or AdamW",
    "momentum": "write Momentum(eta, rho), or Nesterov(eta, rho)",
    "params": "a rule holds no parameters: write state = setup(Adam(0.01), model)",
    "activation": "the activation stands after the sizes: write Dense((2, 3), relu)",
    **dict.fromkeys(["in_features", "out_features", "units", "input_dim", "in_channels"], _SIZES),
    **dict.fromkeys(["out_channels", "filters", "input_shape", "input_size", "hidden_size"], _SIZES),
    **dict.fromkeys(["num_embeddings", "embedding_dim"], "write Embedding((number, size))"),
    "kernel_size": "the size of the kernel stands first: write Conv((3, 3), (in, out))",
    "padding": "it is called pad",
    "strides": "it is called stride",
    "use_bias": "it is called bias",
    "num_heads": "it is called nheads",
    "kernel_initializer": "it is called init",
    "batch_first": "arrays are features × time × batch",
    "batch_size": "it is called batchsize",
    "dim": _AXIS,
    "keepdim": "it is called keepdims, and dim is called axis",
}  # fmt: skip


def refuse_keywords(name: str, options: Iterable[str]) -> None:
    """Raise ArgumentError for a keyword of another framework, which says what to write.

    >>> refuse_keywords("Adam", ["lr"])  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    fluxbridge.errors.ArgumentError: Adam has no lr=: the learning rate stands first, ...
    """
    for key in options:
        if key in KEYWORDS:
            raise ArgumentError(f"{name} has no {key}=: {KEYWORDS[key].format(name=name)}")


def own_keywords(function: Function) -> Function:
    """Let a call with a keyword of another framework be refused by :func:`refuse_keywords`.

    >>> own_keywords(lambda x, batchsize=1: x)(3, batchsize=2)
    3
    """
    names = inspect.signature(function).parameters.keys()
    name = function.__qualname__.removesuffix(".__init__")

    @functools.wraps(function)
    def call(*args: Any, **options: Any) -> Any:
        if not options.keys() <= names:
            refuse_keywords(name, options.keys() - names)
        return function(*args, **options)

    return call  # type: ignore[return-value]


def meant(name: str, names: Iterable[str]) -> str:
    """What is said of a name that is not there: that of another framework, or those that are like it.

    >>> meant("Linear", [])
    ': write Dense((in, out))'
    >>> meant("train", ["train_", "Dense"])
    '; did you mean train_?'
    """
    if name in NAMES:
        return f": {NAMES[name]}"
    small: dict[str, Any] = {n.lower().rstrip("_"): n for n in names}
    close = difflib.get_close_matches(name.lower().rstrip("_"), small, 2, 0.8)
    return f"; did you mean {' or '.join(small[n] for n in close)}?" if close else ""
