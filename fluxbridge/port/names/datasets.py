"""Data sets of MLDatasets: what there is here, and what to load in the place of the others. Never another data set."""  # noqa: E501

from __future__ import annotations

_OPENML = "it is a download; in Python sklearn.datasets.fetch_openml({name!r}) loads it, one row an observation: transpose it"  # noqa: E501
_KERAS = "it is a download; torchvision.datasets.{name} loads it, with the observations first: move that axis to the end"  # noqa: E501

#: Data sets that the base module has.
HERE = frozenset(["Iris"])

#: Data sets that are not here, and what to do.
ELSEWHERE: dict[str, str] = {
    "MNIST": _OPENML.format(name="mnist_784"),
    "FashionMNIST": _OPENML.format(name="Fashion-MNIST"),
    "BostonHousing": "it is a download; mlxtend.data.boston_housing_data() has the same numbers, one row an observation: x.T",  # noqa: E501
    "Titanic": _OPENML.format(name="titanic"),
    "Wine": "it is a download; sklearn.datasets.load_wine() has it, one row an observation: x.T",
    "Mutagenesis": "it is a download without a counterpart",
    **{n: _KERAS.format(name=n) for n in ("CIFAR10", "CIFAR100", "EMNIST", "SVHN2", "Omniglot")},
}
