"""Normalisation of channels (BatchNorm, InstanceNorm, GroupNorm) and of observations (LayerNorm)."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...autodiff.primitive import plain
from ...autodiff.structure import assign
from ...autodiff.tracing import beside
from ...errors import ArgumentError, DimensionMismatch
from ..declare import layer
from ..initialisers import ones32, zeros32
from ..mode import HasMode, is_active, shapes_only, tidy
from ..nnlib.numeric import check_integer
from ..show import function_name, text
from .basic import Scale
from .shapes import EPS, activate, identity, normalise, numbers, size_check
from .standard import follows, moments, standardise

__all__ = ["BatchNorm", "GroupNorm", "InstanceNorm", "LayerNorm"]

MOMENTUM = float(np.float32(0.1))  #: 0.1f0


def updated(x: Any, mean: Any, variance: Any, axes: tuple[int, ...], momentum: Any, known: Any) -> Any:
    """Running statistics: (1 - momentum)·old + momentum·batch, with the unbiased variance."""
    of_batch = (moments(x, axes) if known is None else known)[:2]
    last = x.ndim - 1
    if last not in axes:
        of_batch = tuple([np.mean(part, axis=last) for part in of_batch])
    count = int(np.prod([x.shape[i] for i in axes]))
    with np.errstate(all="ignore"):
        unbiased = np.float64(count) / (count - 1) * of_batch[1]
        new_mean = (1 - momentum) * mean + momentum * np.reshape(of_batch[0], -1)
        new_variance = (1 - momentum) * variance + momentum * np.reshape(unbiased, -1)
    return np.asarray(new_mean, mean.dtype), np.asarray(new_variance, variance.dtype)


class _ChannelNorm(HasMode):
    """Base of BatchNorm, InstanceNorm and GroupNorm, whose channels are on the last but one axis.

    Fields as in Flux: λ (activation), β (shift), γ (scale), μ and σ2 (running mean and variance, or None),
    ε, momentum, affine, track_stats, active, chs.
    """

    β: Any
    γ: Any
    μ: Any
    σ2: Any

    def _set(
        self,
        chs: int,
        λ: Any,
        initβ: Any,
        initγ: Any,
        affine: bool,
        track_stats: bool,
        active: Any,
        eps: Any,
        momentum: Any,
    ) -> None:
        if not isinstance(chs, (int, np.integer)) or not callable(λ):
            raise ArgumentError(
                f"{type(self).__name__} takes a number of channels, and perhaps a function as activation, "
                f"not {chs!r} and {λ!r}"
            )
        self.λ = λ
        self.β = initβ(chs) if affine else None
        self.γ = initγ(chs) if affine else None
        self.μ = zeros32(chs) if track_stats else None
        self.σ2 = ones32(chs) if track_stats else None
        self.ε = eps
        self.momentum = momentum
        self.affine = affine
        self.track_stats = track_stats
        self.active = tidy(active)
        self.chs = chs

    def _normalised(self, x: Any, axes: tuple[int, ...], shape: tuple[int, ...]) -> Any:
        """`x` normalised over `axes`, scaled and shifted by parameters of this `shape`."""
        if self.track_stats and not is_active(self, x):
            mean, variance = np.reshape(self.μ, shape), np.reshape(self.σ2, shape)
            if x.dtype.kind == "f":  # in Flux ε has the type of x, and widens the variance
                variance = variance.astype(np.result_type(variance.dtype, x.dtype))
            root = np.sqrt(variance + self.ε)
            if self.affine:
                scale = np.reshape(self.γ, shape) / root
                y = scale * x + (np.reshape(self.β, shape) - scale * mean)
            else:
                y = (x - mean) / root
        else:
            if self.track_stats:
                self._enough(x.shape, axes)
            known = None if follows(x) else moments(plain(x), axes)
            if self.track_stats:
                self._track(x, axes, known)
            affine = (self.γ, self.β) if self.affine else ()
            y = standardise(x, self.ε, axes, *affine, shape=shape, known=known)
        return activate(self, self.λ, y)

    def _enough(self, shape: tuple[int, ...], axes: tuple[int, ...]) -> None:
        """Raise DimensionMismatch unless there are two numbers in each channel, for the unbiased variance."""
        count = int(np.prod([shape[i] for i in axes]))
        if count < 2 or shape[-1] == 0:
            raise DimensionMismatch(
                f"layer {self!r} estimates the variance of each channel while it trains, which takes two "
                f"numbers at least, but got {count} (an input of shape {shape}); the running variance "
                "would be NaN from then on. Leave out a last batch of one observation "
                "(DataLoader(partial=False)), or call the layer in test mode (testmode_)."
            )

    def _track(self, x: Any, axes: tuple[int, ...], known: Any) -> None:
        """Update the running statistics; `known` are the moments of x."""
        old = (self.μ, self.σ2)
        mean, variance = beside(updated, x, *old, axes=axes, momentum=plain(self.momentum), known=known)
        assign(self, μ=mean, σ2=variance)

    def _sizes(self) -> str:
        return str(plain(self.chs))

    def __repr__(self) -> str:
        act = "" if self.λ is identity else f", {function_name(self.λ)}"
        affine = "" if plain(self.affine) else ", affine=false"
        active = "" if self.active is None else f", active={text(self.active)}"
        return f"{type(self).__name__}({self._sizes()}{act}{affine}{active})"


def _checked(layer: Any, x: Any) -> Any:
    """The input as a float array with the layer's number of channels."""
    x = numbers(layer, x)
    if x.ndim < 2:
        raise DimensionMismatch(
            f"layer {layer!r} expects an input of at least 2 dimensions (channels and a batch last), but got "
            f"one of shape {x.shape}"
        )
    size_check(layer, x, x.ndim - 2, layer.chs)
    return x if x.dtype.kind in "fc" else x.astype(np.float64)


@layer(trainable=("β", "γ"))
class BatchNorm(_ChannelNorm):
    """Each channel normalised to mean 0 and variance 1 over the batch (Ioffe and Szegedy 2015).

    ``BatchNorm(channels, λ=identity, *, initβ=zeros32, initγ=ones32, affine=True, track_stats=True,
    active=None, eps=1e-5, momentum=0.1)`` is λ(γ·(x - mean)/√(variance + eps) + β). Takes x (spatial…,
    channels, batch) or (channels, batch) and returns the same shape. While training, the mean and variance of
    the batch are used and the running ones updated; in test mode the running ones are used. Fields: `λ`, `β`,
    `γ` (None unless `affine`), `μ`, `σ2` (running statistics, None unless `track_stats`), each (channels,),
    `ε`, `momentum`, `affine`, `track_stats`, `active`, `chs`.

    Raises DimensionMismatch for another number of channels, or fewer than two numbers for each channel while
    training; ArgumentError for what holds no numbers.

    >>> m = BatchNorm(3)
    >>> m
    BatchNorm(3)
    >>> from fluxbridge.flux import trainmode_
    >>> y = trainmode_(m)(np.array([[1.0, 3.0], [0.0, 2.0], [5.0, 9.0]]))
    >>> y.round(3).tolist(), m.μ.tolist()
    ([[-1.0, 1.0], [-1.0, 1.0], [-1.0, 1.0]], [0.20000000298023224, 0.10000000149011612, 0.699999988079071])
    """

    def __init__(
        self,
        chs: int,
        λ: Any = identity,
        *,
        initβ: Any = zeros32,
        initγ: Any = ones32,
        affine: bool = True,
        track_stats: bool = True,
        active: bool | None = None,
        eps: Any = EPS,
        momentum: Any = MOMENTUM,
    ):
        self._set(chs, λ, initβ, initγ, affine, track_stats, active, eps, momentum)

    def __call__(self, x: Any) -> Any:
        x = _checked(self, x)
        if shapes_only():
            return x
        n = x.ndim
        shape = (*[1] * (n - 2), x.shape[n - 2], 1)
        return self._normalised(x, (*range(n - 2), n - 1), shape)


@layer(trainable=("β", "γ"))
class InstanceNorm(_ChannelNorm):
    """Each channel of each observation normalised to mean 0 and variance 1 (Ulyanov et al. 2016).

    ``InstanceNorm(channels, λ=identity, *, affine=False, track_stats=False, …)`` with the other options, the
    fields and the shapes of :class:`BatchNorm`; the statistics are over the spatial axes. Raises
    DimensionMismatch and ArgumentError as BatchNorm does.

    >>> InstanceNorm(2)(np.array([[[1.0], [5.0]], [[3.0], [5.0]]])).round(3).reshape(2, 2)
    array([[-1.,  0.],
           [ 1.,  0.]])
    """

    def __init__(
        self,
        chs: int,
        λ: Any = identity,
        *,
        initβ: Any = zeros32,
        initγ: Any = ones32,
        affine: bool = False,
        track_stats: bool = False,
        active: bool | None = None,
        eps: Any = EPS,
        momentum: Any = MOMENTUM,
    ):
        self._set(chs, λ, initβ, initγ, affine, track_stats, active, eps, momentum)

    def __call__(self, x: Any) -> Any:
        x = _checked(self, x)
        if shapes_only():
            return x
        n = x.ndim
        return self._normalised(x, tuple(range(n - 2)), (*[1] * (n - 2), x.shape[n - 2], 1))


@layer(trainable=("β", "γ"))
class GroupNorm(_ChannelNorm):
    """Groups of channels of each observation normalised to mean 0 and variance 1 (Wu and He 2018).

    ``GroupNorm(channels, groups, λ=identity, *, affine=True, …)`` with the other options, the fields (and
    `G`) and the shapes of :class:`BatchNorm`, without running statistics. Raises ArgumentError if the groups
    do not divide the channels, DimensionMismatch for another number of channels.

    >>> GroupNorm(4, 2)
    GroupNorm(4, 2)
    """

    def __init__(
        self,
        chs: int,
        G: int,
        λ: Any = identity,
        *,
        initβ: Any = zeros32,
        initγ: Any = ones32,
        affine: bool = True,
        active: bool | None = None,
        eps: Any = EPS,
        momentum: Any = MOMENTUM,
    ):
        check_integer("the number of channels", chs, 1)
        check_integer("the number of groups", G, 1)
        if chs % G:
            raise ArgumentError(f"the number of groups ({G}) must divide the number of channels ({chs})")
        self.G = G
        self._set(chs, λ, initβ, initγ, affine, False, active, eps, momentum)

    def __call__(self, x: Any) -> Any:
        x = _checked(self, x)
        if shapes_only():
            return x
        *spatial, chs, batch = x.shape
        groups = plain(self.G)
        n = len(spatial)
        grouped = np.reshape(x, (*spatial, groups, chs // groups, batch))
        shape = (*[1] * n, groups, chs // groups, 1)
        return np.reshape(self._normalised(grouped, (*range(n), n + 1), shape), x.shape)

    def _sizes(self) -> str:
        return f"{plain(self.chs)}, {plain(self.G)}"


def broadcast(f: Any, *xs: Any) -> Any:
    """``f(*xs)``: Julia's ``broadcast``, since functions of arrays are elementwise here."""
    return f(*xs)


class Fix1:
    """A function with its first argument fixed; Flux's LayerNorm holds its activation in one."""

    def __init__(self, f: Any, x: Any):
        self.f = f
        self.x = x

    def __call__(self, y: Any) -> Any:
        return self.f(self.x, y)


def _is_affine(diag: Any, axes: tuple[int, ...], dtype: Any) -> bool:
    """Is this a scale and a shift for arrays of this type that are normalised over `axes`?"""
    return (
        isinstance(diag, Scale)
        and diag.bias is not False
        and diag.scale.dtype == dtype
        and dtype.kind == "f"
        and len(diag.scale.shape) == len(axes)
        and diag.bias.shape == diag.scale.shape
    )


@layer(show="noexpand")
class LayerNorm:
    """Each observation normalised over its leading axes, then scaled and shifted (Ba et al. 2016).

    ``LayerNorm(*size, λ=identity, *, affine=True, eps=1e-5)`` is λ(scale·(x - mean)/√(variance + eps²) +
    bias). Takes x (size…, batch…) and returns the same shape. Fields: `λ`, `diag` (a :class:`Scale` of
    `size`, or the activation), `ε`, `size`, `affine`. Raises DimensionMismatch if the leading axes of x have
    another size, ArgumentError without sizes or for what holds no numbers.

    >>> LayerNorm(2)(np.array([[1.0], [3.0]])).round(3).tolist()
    [[-1.0], [1.0]]
    """

    autosize_axis = 0  # the axis of the input whose size replaces `_`

    def __init__(self, *args: Any, affine: bool = True, eps: Any = EPS):
        size, λ = (args[:-1], args[-1]) if len(args) > 1 and callable(args[-1]) else (args, identity)
        if len(size) == 1 and isinstance(size[0], (tuple, list)):
            size = tuple(size[0])
        if not size or not all(isinstance(n, (int, np.integer)) for n in size):
            raise ArgumentError("LayerNorm needs the sizes of the leading axes, and perhaps an activation")
        self.λ = λ
        self.diag = Scale(*size, λ) if affine else identity if λ is identity else Fix1(broadcast, λ)
        self.ε = eps
        self.size = tuple(map(int, size))
        self.affine = affine

    def __call__(self, x: Any) -> Any:
        x = numbers(self, x)
        if isinstance(self.diag, Scale):
            for axis, n in enumerate(self.diag.scale.shape):
                size_check(self, x, axis, n)
        axes = tuple(range(len(self.size)))
        diag: Any = self.diag
        if _is_affine(diag, axes, x.dtype):
            shape = diag.scale.shape + (1,) * (x.ndim - len(axes))
            y = standardise(x, self.ε * self.ε, axes, diag.scale, diag.bias, shape=shape)
            return activate(diag, diag.σ, y)
        return diag(normalise(x, axis=axes, eps=self.ε))

    def __repr__(self) -> str:
        act = "" if self.λ is identity else f", {function_name(self.λ)}"
        affine = "" if self.affine else ", affine=false"
        return f"LayerNorm({', '.join(str(plain(n)) for n in self.size)}{act}{affine})"
