"""Every loss beside the real one of Flux, live: value and gradient, over the recorded cases of arguments."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from fluxrecords import Case, agree, cases, loss_weights, weighted_sum
from lossrecords import mirrored

from fluxbridge import AutoZygote, gradient, julia, withgradient

#: Variants whose code is nearly that of another case, by how the names end; each costs time to compile.
_NEARLY_THE_SAME = ("vector", "3-dim", "with Float64 targets", " sum", "agg=sum", "agg=wmean")
CASES = [c for c in cases("losses") if not c.error and not c.name.endswith(_NEARLY_THE_SAME)]


def real(case: Case, of_array: bool) -> Any:
    """The real loss; with `of_array` the sum of its entries by weights, which come as an argument."""
    call = re.sub(r"^(Flux\.)?", "Flux.Losses.", case.julia)
    parameters = ", ".join([*case["inputs"], "w"])
    return julia.function(f"({parameters}) -> {f'sum(w .* {call})' if of_array else call}")


def test_every_loss_is_among_the_cases():
    from fluxbridge.flux import losses

    public = {n for n in vars(losses) if n.endswith(("loss", "entropy", "divergence")) and n[0] != "_"}
    called = {re.search(r"(\w+)\(", c.julia)[1] for c in CASES}  # type: ignore[index]
    assert public | {"mae", "mse", "msle"} <= called


@pytest.mark.julia
@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_native_and_flux_agree(case):
    call, inputs = mirrored(case)
    given = {name: np.asarray(value) for name, value in case["inputs"].items()}
    y = call()
    weights = loss_weights(np.shape(y), np.asarray(y).dtype)
    theirs = real(case, np.ndim(y) > 0)
    value, grads = withgradient(theirs, AutoZygote(), *given.values(), weights)
    if np.isnan(value):  # Zygote's dual numbers of xlogx(0) make the value NaN, though it is none by itself
        value = theirs(*given.values(), weights)
    single = any(np.asarray(x).dtype == np.float32 for x in (y, *given.values()))
    np.testing.assert_allclose(weighted_sum(y), value, rtol=1e-5 if single else 1e-10, atol=1e-12)
    for name in case.get("gradient") or ():
        (mine,) = gradient(lambda x, name=name: weighted_sum(call(**{name: x})), inputs[name])
        agree(mine, grads[list(given).index(name)], accuracy=np.float32 if single else None)
