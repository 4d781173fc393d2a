"""The formulas that are shown are the derivatives that are used: evaluated, they give the same."""

from __future__ import annotations

import importlib.util
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from rulecheck import pair, random_like

from fluxbridge import gradient
from fluxbridge.explain import explain
from fluxbridge.explain.formula import Formula, Symbol

RULES = Path(__file__).parents[1]
TABLES = [*sorted((RULES / "autodiff" / "rules").glob("test_*.py")), *sorted((RULES / "scipy").glob("test_*.py"))]

#: Primitives with reverse rules that no short formula says; the rule is named instead.
NAMED = {
    "assemble", "lstsq", "lfilter", "lu_factor", "odeint", "partition", "quad", "solve_banded",
    "solve_sylvester", "solve_triangular", "svd", "eig", "zeta", "polygamma", "expm", "logm", "cosm", "sinm",
    "tanm", "coshm", "sinhm", "tanhm", "sqrtm", "fresnel", "sici", "shichi", "airy", "block_diag",
    "expm_frechet", "logm_frechet", "cosm_frechet", "sinm_frechet", "tanm_frechet", "coshm_frechet",
    "sinhm_frechet", "tanhm_frechet", "spherical_jn", "spherical_yn", "spherical_in", "spherical_kn",
}  # fmt: skip


def table(path: Path):
    """The samples of a test file; none if it needs a library that is not there."""
    name = f"samples_of_{path.parent.name}_{path.stem}"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, path)
        module = importlib.util.module_from_spec(spec)
        try:
            spec.loader.exec_module(module)
        except pytest.skip.Exception:
            return []
        sys.modules[name] = module
    return getattr(sys.modules[name], "SAMPLES", [])


def explained(sample):
    args = tuple(x if isinstance(x, (float, complex, int)) else np.asarray(x) for x in sample.args)
    out = sample.f(*args)
    parts = out if isinstance(out, (tuple, list)) else (out,)
    rng = np.random.default_rng(0)
    return explain(pair(sample.f, [random_like(rng, p) for p in parts]), *args)


@pytest.mark.parametrize("path", TABLES, ids=lambda p: f"{p.parent.name}-{p.stem[5:]}")
def test_every_formula_is_the_derivative_that_is_used(path):
    samples = table(path)
    for sample in samples:
        explanation = explained(sample)
        for line in explanation.lines:
            for part in line.parts:
                got, used = part.evaluate(), part.contribution
                scale = max(1e-300, np.max(np.abs(used), initial=0.0)) if not isinstance(used, tuple) else 1
                if isinstance(used, tuple):
                    continue
                np.testing.assert_allclose(
                    got, used, rtol=1e-9, atol=1e-10 * scale, err_msg=f"{sample.name}: {part.text()}"
                )
                assert part.latex() and part.text()
    Counter()
