"""Losses against the recorded answers of Flux: values, gradients, types and errors."""

import numpy as np
import pytest
import rulecheck
from fluxrecords import agree, cases, variations, weighted_sum
from lossrecords import mirrored
from ownerrors import refused

from fluxbridge import gradient, hessian, withgradient
from fluxbridge.errors import ArgumentError, DimensionMismatch, DomainError
from fluxbridge.flux import losses
from fluxbridge.flux.onehotarrays import OneHotArray, onehotbatch


@pytest.mark.parametrize("case", [*cases("losses"), *variations("losses")], ids=lambda c: c.name)
def test_as_recorded(case):
    call, inputs = mirrored(case)
    if case.error:
        with refused(case.error):
            call()
        return
    single = any(getattr(v, "dtype", None) == np.float32 for v in inputs.values())

    def compare(got, expected):
        """What is a Float64 of Float32 inputs has passed through Float32, and has its accuracy."""
        agree(got, expected, accuracy=np.float32 if single else None)

    compare(call(), case["result"])
    for name, expected in (case.get("gradient") or {}).items():
        (got,) = gradient(lambda x, name=name: weighted_sum(call(**{name: x})), inputs[name])
        compare(got, expected)


POSITIVE = np.array([[0.3, 0.6, 0.2], [0.7, 0.4, 0.8]])
LABELS = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 1.0]])
SMOOTH = [
    "mse", "msle", "huber_loss", "poisson_loss", "crossentropy", "logitcrossentropy", "binarycrossentropy",
    "logitbinarycrossentropy", "kldivergence", "squared_hinge_loss", "binary_focal_loss", "focal_loss",
    "dice_coeff_loss", "tversky_loss", "siamese_contrastive_loss",
]  # fmt: skip


@pytest.mark.parametrize("name", SMOOTH)
def test_derivatives_to_second_order(name):
    loss = getattr(losses, name)
    rulecheck.check(lambda x: loss(x, LABELS), POSITIVE)


@pytest.mark.parametrize("name", ["mae", "hinge_loss", *SMOOTH])
def test_single_precision_and_integer_labels_stay_single(name):
    loss = getattr(losses, name)
    ŷ = POSITIVE.astype(np.float32)
    for y in (LABELS.astype(np.int64), LABELS.astype(bool), OneHotArray([0, 1, 1], 2)):
        double = name == "kldivergence"  # in Flux too: the entropy of integers is a Float64
        assert np.asarray(loss(ŷ, y)).dtype == (np.float64 if double else np.float32)
        assert gradient(lambda x, y=y: loss(x, y), ŷ)[0].dtype == np.float32


@pytest.mark.parametrize("name", ["crossentropy", "logitcrossentropy", "focal_loss"])
def test_one_hot_labels_are_ordinary_labels(name):
    loss = getattr(losses, name)
    y = onehotbatch([0, 1, 1], range(2))
    assert np.isclose(loss(POSITIVE, y), loss(POSITIVE, np.asarray(y)))
    got, expected = (gradient(lambda x, y=y: loss(x, y), POSITIVE)[0] for y in (y, np.asarray(y)))
    np.testing.assert_allclose(got, expected)
    assert gradient(loss, POSITIVE, y)[1] is None


def test_one_hot_labels_are_strong():
    """An impossible class does not count where the label is another, as in Flux (false * -Inf is 0)."""
    ŷ = np.array([[0.0, 1.0], [-np.inf, 2.0]])
    y = onehotbatch([0, 1], range(2))
    value, (grad,) = withgradient(lambda x: losses.logitcrossentropy(x, y), ŷ)
    assert np.isclose(value, np.log1p(np.exp(-1.0)) / 2)
    np.testing.assert_allclose(grad, [[0, 0.13447071], [0, -0.13447071]], atol=1e-8)


def test_cross_entropy_of_three_dimensional_labels():
    y = onehotbatch(np.array([[0, 2, 1], [1, 1, 0]]), range(3))
    ŷ = np.sin(np.arange(18.0)).reshape(3, 2, 3)
    rulecheck.check(lambda x: losses.logitcrossentropy(x, y), ŷ)
    rulecheck.check(lambda x, y: losses.logitcrossentropy(x, y, axis=(0, 1)), ŷ, np.asarray(y) * 1.0)
    assert np.isclose(losses.logitcrossentropy(ŷ, y), losses.logitcrossentropy(ŷ, np.asarray(y)))
    with refused(DimensionMismatch):
        losses.logitcrossentropy(ŷ[:2], y)


def test_ctc_by_enumeration():
    """The sum over all ways to spell the labels, one after another."""
    from itertools import product

    ŷ = np.array([[0.2, -1.0, 0.5, 1.0], [1.5, 0.3, -0.7, 0.1], [-0.4, 0.9, 0.2, -1.0]])
    p = np.exp(ŷ) / np.exp(ŷ).sum(axis=0)
    for labels in ([0], [0, 1], [1, 1], []):
        total = 0.0
        for way in product(range(3), repeat=4):
            spelled = [c for k, c in enumerate(way) if c != 2 and (k == 0 or way[k - 1] != c)]
            total += np.prod([p[c, t] for t, c in enumerate(way)]) if spelled == labels else 0.0
        assert np.isclose(losses.ctc_loss(ŷ, labels), -np.log(total))
    rulecheck.check(lambda x: losses.ctc_loss(x, [0, 1]), ŷ)
    with refused(ArgumentError, match="from 0 to 1"):
        losses.ctc_loss(ŷ, [2])


def test_sizes_with_an_axis_of_length_one_at_the_end_agree():
    assert losses.mse(np.ones(3), np.zeros((3, 1))) == 1.0
    with refused(DimensionMismatch, match=r"\(1, 3\)"):
        losses.mse(np.ones((1, 3)), np.zeros((3, 1)))


def test_targets_may_be_lists_ranges_and_numbers():
    assert np.isclose(losses.mae([1.1, 1.9, 3.1], range(1, 4)), 0.1)
    assert losses.mse(np.array([1.0, 3.0]), 2) == 1.0
    assert losses.mse(np.array([1.0, 3.0]), [2, 2], agg=sum) == 2.0
    np.testing.assert_array_equal(losses.mse(np.array([1.0, 3.0]), [2, 1], agg=None), [1.0, 4.0])


def test_logarithms_of_negative_numbers_are_refused():
    with refused(DomainError, match="logit"):
        losses.crossentropy(np.array([0.5, -0.5]), np.array([1.0, 0.0]))
    with refused(DomainError):
        gradient(lambda x: losses.msle(x, np.array([1.0])), np.array([-3.0]))


#: (ŷ, y, gradient by ŷ, gradient by y), asked of Flux 0.16.10
BY_BOTH = {
    "huber_loss": (
        [1.0, 3.0], [1.0, 0.5],
        [0.0, 0.5], [0.0, -0.5],
    ),
    "msle": (
        [1.0, 3.0], [1.0, 0.5],
        [0.0, 0.5972531564093515], [0.0, -3.5835189384561073],
    ),
    "binarycrossentropy": (
        [0.2, 0.7], [1.0, 0.5],
        [-2.499999999999997, 0.47619047619047555], [0.6931471805599448, -0.42364893019360145],
    ),
    "logitbinarycrossentropy": (
        [0.2, 0.7], [1.0, 0.5],
        [-0.22508300134376105, 0.08409388608408305], [-0.1, -0.35],
    ),
    "hinge_loss": (
        [1.0, 3.0], [1.0, -0.5],
        [-0.5, 0.25], [-0.5, -1.5],
    ),
    "focal_loss": (
        [0.2, 0.7], [1.0, 0.5],
        [-5.7751006598945525, -0.17128819746733376], [1.030040263957823, 0.03210074495448585],
    ),
    "tversky_loss": (
        [0.2, 0.7], [1.0, 0.5],
        [-0.22998335798816566, 0.010401257396449703], [0.01132581360946748, -0.22905880177514787],
    ),
    "dice_coeff_loss": (
        [0.2, 0.7], [1.0, 0.5],
        [-0.6107344340355054, 0.020702862170695113], [0.3995652398944155, -0.23187205631178504],
    ),
    "siamese_contrastive_loss": (
        [0.2, 0.7], [1.0, 0.5],
        [-0.8, 0.2], [0.3, -0.2],
    ),
    "poisson_loss": (
        [0.2, 0.7], [1.0, 0.5],
        [-2.0, 0.14285714285714285], [0.8047189562170501, 0.17833747196936622],
    ),
    "binary_focal_loss": (
        [0.2, 0.7], [1.0, 0.5],
        [-2.8875503299472762, 0.0], [1.7325301979683645, -0.23862943611198928],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BY_BOTH)
def test_gradients_by_prediction_and_target(name):
    ŷ, y, *expected = map(np.array, BY_BOTH[name])
    for got, value in zip(gradient(getattr(losses, name), ŷ, y), expected, strict=True):
        np.testing.assert_allclose(got, value, rtol=1e-12, atol=1e-15)


def test_complex_predictions_have_real_losses():
    ŷ, y = np.array([1 + 2j, 3.0]), np.array([1j, 1.0])
    value, (grad,) = withgradient(lambda x: losses.mse(x, y, agg=np.sum), ŷ)
    assert value == 6.0
    np.testing.assert_allclose(grad, [2 + 2j, 4])


def test_second_derivative_of_a_loss_of_logits():
    h = hessian(lambda x: losses.logitcrossentropy(x, np.array([1.0, 0.0])), np.array([0.3, -0.2]))
    p = 1 / (1 + np.exp(-0.5))
    np.testing.assert_allclose(h, p * (1 - p) * np.array([[1, -1], [-1, 1]]))


def test_hinge_of_what_is_not_a_number():
    """The larger of 0 and NaN is taken for the second, as in Zygote."""
    y = np.array([1.0, -1.0])
    (slope,) = gradient(lambda x: losses.hinge_loss(x, y), np.array([np.nan, 0.3]))
    np.testing.assert_array_equal(slope, [-0.5, 0.5])
