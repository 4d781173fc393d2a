"""A model of ours as one of PyTorch, with the same weights: ``twin(model)`` walks its layers.

Arrays are (…, channels, batch) here and (batch, channels, …) there: `tensor` turns the axes round, and
convolutions, which reverse their kernel here and do not there, get it reversed.
"""

from __future__ import annotations

from typing import Any

import numpy as np


def tensor(array: np.ndarray) -> Any:
    """The array with its axes in the opposite order."""
    import torch

    return torch.from_numpy(np.array(np.transpose(array), order="C"))


def _activation(σ: Any) -> list[Any]:
    from torch import nn

    made = {
        "relu": nn.ReLU,
        "leakyrelu": nn.LeakyReLU,
        "gelu_tanh": lambda: nn.GELU(approximate="tanh"),
        "sigmoid": nn.Sigmoid,
        "swish": nn.SiLU,
    }
    return [] if σ.__name__ == "identity" else [made[σ.__name__]()]


def _filled(made: Any, weight: np.ndarray, bias: Any) -> Any:
    made.weight.data = tensor(weight).contiguous()
    if bias is not False:
        made.bias.data = tensor(bias)
    return made


def _conv(layer: Any) -> list[Any]:
    from torch import nn

    rank = len(layer.stride)
    inside, out = layer._channels()
    options = {
        "stride": layer.stride[::-1], "padding": layer.pad[::2][::-1], "bias": layer.bias is not False
    }  # fmt: skip
    backwards = (slice(None, None, -1),) * rank
    if type(layer).__name__ == "ConvTranspose":
        made = nn.ConvTranspose2d(inside, out, layer.weight.shape[:rank][::-1], **options)
    else:
        groups = layer.groups
        made = nn.Conv2d(inside, out, layer.weight.shape[:rank][::-1], groups=groups, **options)
    return [_filled(made, layer.weight[backwards], layer.bias), *_activation(layer.σ)]


def _norm(made: Any, scale: Any, shift: Any, λ: Any) -> list[Any]:
    return [_filled(made, scale, shift), *_activation(λ)]


def _skip(inner: Any, join: Any) -> Any:
    from torch import nn

    class Skip(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner = inner

        def forward(self, x: Any) -> Any:
            return join(self.inner(x), x)

    return Skip()


def _attention(layer: Any) -> Any:
    """Causal self-attention, by PyTorch's own function for it."""
    import torch
    from torch import nn

    heads = layer.attention.nheads

    class Attention(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            whole = layer.attention
            self.q, self.k, self.v, self.out = (
                twin(part) for part in (whole.q_proj, whole.k_proj, whole.v_proj, whole.out_proj)
            )

        def forward(self, x: Any) -> Any:
            batch, length, width = x.shape
            q, k, v = (
                part(x).view(batch, length, heads, width // heads).transpose(1, 2)
                for part in (self.q, self.k, self.v)
            )
            y = torch.nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True)
            return self.out(y.transpose(1, 2).reshape(batch, length, width))

    return Attention()


def _embedding(layer: Any) -> Any:
    from torch import nn

    class Positions(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.tokens = _filled(nn.Embedding(*layer.tokens.weight.shape[::-1]), layer.tokens.weight, False)
            self.positions = nn.Parameter(tensor(layer.positions))

        def forward(self, x: Any) -> Any:
            return self.tokens(x) + self.positions

    return Positions()


def _parts(layer: Any) -> list[Any]:
    from torch import nn

    kind = type(layer).__name__
    if kind in ("Conv", "ConvTranspose"):
        return _conv(layer)
    if kind == "Dense":
        made = nn.Linear(*layer.weight.shape[::-1], bias=layer.bias is not False)
        return [_filled(made, layer.weight.T, layer.bias), *_activation(layer.σ)]
    if kind == "BatchNorm":
        return _norm(
            nn.BatchNorm2d(layer.chs, eps=layer.ε, momentum=layer.momentum), layer.γ, layer.β, layer.λ
        )
    if kind == "LayerNorm":
        made = nn.LayerNorm(layer.size[::-1], eps=layer.ε**2)
        return _norm(made, layer.diag.scale, layer.diag.bias, layer.λ)
    if kind == "SkipConnection":
        import torch

        add = layer.connection is np.add
        return [_skip(twin(layer.layers), torch.add if add else lambda a, b: torch.cat((a, b), 1))]
    if kind == "MaxPool":
        return [nn.MaxPool2d(layer.k)]
    if kind == "GlobalMeanPool":
        return [nn.AdaptiveAvgPool2d(1)]
    if kind == "Chain":
        return [part for inner in layer.layers for part in _parts(inner)]
    if kind == "SelfAttention":
        return [_attention(layer)]
    if kind == "Positions":
        return [_embedding(layer)]
    if layer.__name__ == "flatten":
        return [nn.Flatten()]
    return _activation(layer)


def twin(layer: Any) -> Any:
    """The same in PyTorch. Raises KeyError for a layer that it does not know."""
    from torch import nn

    parts = _parts(layer)
    return parts[0] if len(parts) == 1 else nn.Sequential(*parts)
