"""Names of older versions of Flux, back to 0.8: the last version that had them, and what to write now.

The errors of the mirror, the translator and docs/porting.md read this table.
"""

from __future__ import annotations

from typing import NamedTuple


class OldName(NamedTuple):
    """A name of older versions: until which one, what to write now, and the new name if only that changed."""

    until: str
    now: str
    renamed: str = ""


_RATE = "rates change between epochs: write adjust_(state, 0.1 * 0.5 ** (epoch // 10))"
_MARKED = "arrays need no marking: write gradient(f, x)"
_DATA = "data sets are in other packages: write sklearn.datasets.load_digits(), for instance"
_STOP = "write break or continue in a loop of your own, for x in data"

TABLE: dict[str, OldName] = {
    "CMUDict": OldName("0.12", _DATA),
    "Data": OldName("0.14", "the name is in Flux itself now: write DataLoader(data)"),
    "Diagonal": OldName("0.12", "the layer is called Scale: write Scale(n)"),
    "ExpDecay": OldName("0.14", _RATE),
    "FashionMNIST": OldName("0.12", _DATA),
    "InvDecay": OldName("0.14", _RATE),
    "MNIST": OldName("0.12", _DATA),
    "Optimise": OldName("0.14", "its rules are in Flux.Optimisers, and train_ and update_ in Flux itself"),
    "Recur": OldName(
        "0.14", "write RNN((2, 5)), LSTM((2, 5)) or GRU((2, 5)), or Recurrence(cell) for a cell of your own"
    ),
    "SGD": OldName("0.10", "the rule is called Descent: write Descent(0.1)"),
    "Sentiment": OldName("0.12", _DATA),
    "Tracker": OldName("0.9", _MARKED),
    "Zeros": OldName("0.12", "for a layer without bias write Dense((2, 3), bias=False)"),
    "back_": OldName("0.9", "write gradient(f, x)"),
    "epochs": OldName("0.13", "write a loop, for epoch in range(n)"),
    "expand_dims": OldName("0.12", "write unsqueeze(x, axis=0)"),
    "flip": OldName("0.14", "to run a layer backwards write np.flip(layer(np.flip(x, axis=1)), axis=1)"),
    "hinge": OldName("0.11", "write Losses.hinge_loss(ŷ, y)"),
    "istraining": OldName("0.14", "write within_gradient(x)"),
    "loadparams_": OldName("0.14", "write loadmodel_(model, other)"),
    "mapchildren": OldName("0.9", "write fmap(f, model)", "fmap"),
    "mapleaves": OldName("0.11", "write fmap(f, model)", "fmap"),
    "outdims": OldName("0.12", "write outputsize(model, size)", "outputsize"),
    "param": OldName("0.9", _MARKED),
    "poisson": OldName("0.11", "write Losses.poisson_loss(ŷ, y)"),
    "reset_": OldName(
        "0.14", "recurrent layers keep no state: layer(x) starts anew, and layer(x, state) goes on from one"
    ),
    "skip": OldName("0.13", _STOP),
    "squared_hinge": OldName("0.11", "write Losses.squared_hinge_loss(ŷ, y)"),
    "stop": OldName("0.13", _STOP),
    "testmode": OldName("0.12", "write testmode_(model)", "testmode_"),
    "treelike": OldName(
        "0.11", "every object is a tree without registration; the decorator layer is for printing"
    ),
    "truncate_": OldName("0.9", "write ignore_derivatives(state) where a state goes on"),
}

#: The advice alone.
OLD_NAMES: dict[str, str] = {name: old.now for name, old in TABLE.items()}

#: Keywords that layers had, and what they are called now.
OLD_KEYWORDS: dict[str, str] = {"initW": "init"}


def rows() -> list[str]:
    """The table as lines of Markdown, with the names as Julia writes them."""
    lines = ["| until Flux | Julia | Python |", "| --- | --- | --- |"]
    for name, old in sorted(
        TABLE.items(), key=lambda item: (tuple(map(int, item[1].until.split("."))), item[0])
    ):
        julia = (
            f"@{name}" if name in ("epochs", "treelike") else name[:-1] + "!" if name.endswith("_") else name
        )
        lines.append(f"| {old.until} | `{julia}` | {old.now} |")
    return lines


__all__ = ["OLD_KEYWORDS", "OLD_NAMES", "TABLE", "OldName", "rows"]
