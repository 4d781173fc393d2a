"""scipy.special: every ufunc with a rule, and the mirrored functions."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

scipy = pytest.importorskip("scipy")

import scipy.special as sp  # noqa: E402
from rulecheck import Sample, check  # noqa: E402

from fluxbridge.autodiff.native import pushforward, withgradient  # noqa: E402
from fluxbridge.autodiff.primitive import PRIMITIVES, UFUNCS  # noqa: E402
from fluxbridge.errors import GradientLostError, NoRuleError  # noqa: E402
from fluxbridge.scipy import special as fs  # noqa: E402

words = str.split
rng = np.random.default_rng(7)
R = rng.normal(size=(2, 3))
P = rng.uniform(0.5, 2.5, size=4)
U = rng.uniform(0.1, 0.9, size=4)
Q = rng.uniform(0.6, 1.9, size=4)
N = np.array([0, 1, 2, 5])

ONE: dict[str, np.ndarray] = {
    **dict.fromkeys(
        words(
            "expit log_expit exp2 exp10 expm1 cosm1 exprel sindg cosdg tandg wrightomega erf "
            "erfc erfi erfcx "
            "dawsn ndtr log_ndtr j0 j1 i0 i1 fresnel airy"
        ),
        R,
    ),
    **dict.fromkeys(
        words("entr log1p cbrt gamma gammaln loggamma rgamma psi y0 y1 k0 k1 k0e k1e spence expi exp1 cotdg"),
        P,
    ),
    **dict.fromkeys(words("logit erfinv erfcinv ndtri ellipk ellipkm1 ellipe"), U),
    "ndtri_exp": -P,
    **dict.fromkeys(words("i0e i1e sici shichi"), P * np.array([1, -1, 1, -1])),
}
TWO: dict[str, tuple[object, object]] = {
    **dict.fromkeys(words("rel_entr kl_div huber pseudo_huber xlogy xlog1py boxcox boxcox1p powm1"), (P, Q)),
    **dict.fromkeys(words("inv_boxcox inv_boxcox1p beta betaln poch owens_t"), (P, Q)),
    "binom": (P + 3, Q),
    **dict.fromkeys(words("gammainc gammaincc chdtr chdtrc"), (P + 0.2, Q)),
    **dict.fromkeys(words("gammaincinv gammainccinv stdtrit"), (P, U)),
    "stdtr": (P, Q - 1.2),
    "ellipkinc": (P / 2, U),
    "ellipeinc": (P / 2, U),
}
FIXED: dict[str, tuple[tuple, np.ndarray]] = {  # leading arguments that have no derivative, and the last
    "hyp0f1": ((P + 0.2,), Q),
    **dict.fromkeys(words("pdtr pdtrc expn yn kn"), ((N,), P)),
    **dict.fromkeys(words("jv yv iv kv ive kve hankel1 hankel2 hankel1e hankel2e"), ((1.3,), P)),
    **dict.fromkeys(words("struve modstruve"), ((1.3,), P)),
    **dict.fromkeys(words("hyp1f1 hyperu"), ((1.5, 2.5), P)),
    "hyp2f1": ((0.5, 1.5, 2.5), U),
    **dict.fromkeys(
        words("eval_chebyt eval_chebyu eval_legendre eval_hermite eval_hermitenorm eval_laguerre"), ((N,), U)
    ),
    **dict.fromkeys(words("eval_genlaguerre eval_gegenbauer"), ((N, 1.5), U)),
    "eval_jacobi": ((N, 0.5, 1.5), U),
}


def _samples() -> list[Sample]:
    found = [Sample(n, getattr(sp, n), (x,)) for n, x in ONE.items() if hasattr(sp, n)]
    found += [Sample(n, getattr(sp, n), (float(np.ravel(x)[1]),)) for n, x in ONE.items() if hasattr(sp, n)]
    for name, pair in TWO.items():
        found.append(Sample(name, getattr(sp, name), pair))
        found.append(Sample(name, getattr(sp, name), (pair[0][1], float(pair[1][2]))))  # type: ignore[index]
        found.append(Sample(name, getattr(sp, name), (pair[0], pair[1][:2, None])))  # type: ignore[index]
    for name, (first, last) in FIXED.items():
        if hasattr(sp, name):
            f = getattr(sp, name)
            found.append(Sample(name, lambda x, f=f, first=first: f(*first, x), (last,)))
            one = tuple(np.ravel(v)[-1].item() for v in first)
            found.append(Sample(name, lambda x, f=f, one=one: f(*one, x), (float(last[0]),)))
    return found


SAMPLES = [
    *_samples(),
    *[Sample(n, getattr(sp, n), (P, Q, U)) for n in words("betainc betaincinv") ],
    *[Sample(n, getattr(sp, n), (P, Q, U)) for n in words("betaincc betainccinv") if hasattr(sp, n)],
    Sample("betainc", sp.betainc, (1.5, 2.5, 0.7)),
    Sample("betainc", sp.betainc, (P[:, None], 2.5, U)),
    Sample("gammainc", sp.gammainc, (30.0, np.array([0.5, 20.0, 35.0, 90.0]))),
    Sample("stdtr", sp.stdtr, (4.0, np.array([-3.0, -0.1, 0.2, 5.0]))),
    Sample("huber", sp.huber, (1.0, np.array([-2.0, 0.3, 0.7, 2.0]))),
    Sample("boxcox", sp.boxcox, (P, np.zeros(4))),
    Sample("inv_boxcox", sp.inv_boxcox, (P, np.zeros(4))),
    Sample("spence", sp.spence, (np.array([0.2, 0.9, 1.0, 3.0]),)),
    Sample("ellipk", sp.ellipk, (np.array([-2.0, -0.1, 0.0, 0.1, 0.8]),)),
    Sample("ellipe", sp.ellipe, (np.array([-2.0, -0.1, 0.0, 0.1, 0.8]),)),
    Sample("ellipkinc", lambda m: sp.ellipkinc(0.7, m), (np.array([0.0]),), order=1),
    Sample("ellipeinc", lambda m: sp.ellipeinc(0.7, m), (np.array([0.0]),), order=1),
    Sample("rgamma", sp.rgamma, (np.array([-2.0, -1.0, 0.0]),), order=1),
    *[Sample(n, getattr(sp, n), (np.array([0.3 + 0.4j, -0.2 + 1j]),)) for n in words("erf erfc wofz")],
    Sample("loggamma", sp.loggamma, (np.array([0.3 + 0.4j, 2 + 1j]),), order=1),
    Sample("jv", lambda z: sp.jv(1, z), (np.array([0.3 + 0.4j, 2 + 1j]),)),
    Sample("logsumexp", fs.logsumexp, (R,)),
    Sample("logsumexp", lambda x: fs.logsumexp(x, axis=1, keepdims=True), (R,)),
    Sample("logsumexp", lambda x: fs.logsumexp(x, 0), (R,)),
    Sample("logsumexp", lambda x: fs.logsumexp(x, axis=(0, 1)), (R,)),
    Sample("logsumexp", lambda x, b: fs.logsumexp(x, axis=1, b=b), (R, np.abs(R) + 0.5)),
    Sample("logsumexp", lambda x, b: fs.logsumexp(x, b=b, keepdims=True), (R, P[:3])),
    Sample("logsumexp", lambda x, b: fs.logsumexp(x, b=b, axis=-1, return_sign=True)[0], (R, R)),
    Sample("logsumexp", lambda x: fs.logsumexp(x, b=[0.0, 1.0, 2.0]), (R,)),
    Sample("softmax", fs.softmax, (R,)),
    Sample("softmax", lambda x: fs.softmax(x, axis=0), (R,)),
    Sample("log_softmax", fs.log_softmax, (R,)),
    Sample("log_softmax", lambda x: fs.log_softmax(x, axis=-1), (R,)),
    Sample("polygamma", lambda x: fs.polygamma(1, x), (P,)),
    Sample("polygamma", lambda x: fs.polygamma(N, x), (1.5,)),
    Sample("psi_gap", PRIMITIVES["psi_gap"], (P, Q)),
    Sample("multigammaln", lambda a: fs.multigammaln(a, 3), (P + 2,)),
    Sample("multigammaln", lambda a: fs.multigammaln(a, 2), (2.5,)),
    Sample("zeta", lambda q: fs.zeta(2.5, q), (P,)),
    Sample("zeta", lambda q: sp.zeta(2.5, q), (P,)),
    Sample("factorial", fs.factorial, (P,)),
    Sample("comb", fs.comb, (P + 3, Q)),
    Sample("comb", lambda n: fs.comb(n, 2, repetition=True), (P + 3,)),
    Sample("lambertw", lambda z: np.real(fs.lambertw(z)), (np.array([0.0, 0.5, 2.0]),)),
    Sample("lambertw", lambda z: fs.lambertw(z, k=-1), (np.array([0.5 + 0.2j, -0.2 + 1j]),)),
    Sample("sinc", fs.sinc, (R,)),
    *[Sample(n, lambda z, n=n: getattr(fs, n)(N, z), (P,)) for n in
      words("spherical_jn spherical_yn spherical_in spherical_kn")],
    Sample("spherical_jn", lambda z: fs.spherical_jn(2, z, derivative=True), (1.5,)),
    *([Sample("softplus", fs.softplus, (R,))] if hasattr(sp, "softplus") else []),
]  # fmt: skip


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda s: s.name)
def test_derivatives(sample):
    check(sample.f, *sample.args, order=sample.order)


def test_every_rule_has_a_sample():
    names = {s.name for s in SAMPLES}
    own = {p.name.removeprefix("special."): p for p in PRIMITIVES.values() if p.area == "special"}
    ufuncs = {name for name, p in own.items() if UFUNCS.get(getattr(sp, name, None)) is p}
    assert not ufuncs - names - {"digamma", "jn"}
    mirrored = set(own)
    assert not mirrored - names


def test_float32_stays():
    for name in ("expit", "erf", "gammaln", "i0", "logit"):
        x = np.array([0.25, 0.5], np.float32)
        _, (g,) = withgradient(lambda x, n=name: np.sum(getattr(sp, n)(x)), (x,))
        assert g.dtype == np.float32
    for f in (fs.logsumexp, lambda x: np.sum(fs.softmax(x) * x), lambda x: np.sum(fs.polygamma(1, x))):
        _, (g,) = withgradient(f, (np.array([0.25, 0.5], np.float32),))
        assert g.dtype == np.float32


def test_numbers_in_numbers_out():
    y, (g,) = withgradient(lambda x: sp.expit(x) * sp.erf(x), (1.0,))
    assert type(g) is float and type(y) is float
    assert withgradient(sp.gammaln, (3,))[1] == (pytest.approx(sp.psi(3.0)),)


def test_kinks_and_borders():
    assert withgradient(sp.xlogy, (0.0, 2.0))[1] == (np.log(2.0), 0.0)
    assert withgradient(lambda b: sp.xlogy(0.0, b), (0.0,))[1] == (0.0,)
    assert withgradient(lambda b: sp.xlog1py(0.0, b), (-1.0,))[1] == (0.0,)
    assert withgradient(sp.i0e, (0.0,))[1] == (0.0,)
    assert withgradient(lambda r: sp.huber(1.0, r), (1.0,))[1] == (1.0,)
    _, (g,) = withgradient(fs.logsumexp, (np.array([-np.inf, 0.0, 0.0]),))
    np.testing.assert_allclose(g, [0.0, 0.5, 0.5])
    _, (g,) = withgradient(fs.logsumexp, (np.array([1000.0, 1000.0]),))
    np.testing.assert_allclose(g, [0.5, 0.5])


def test_incomplete_functions_at_their_ends():
    for f, at in ((sp.gammainc, (2.0, 0.0)), (sp.gammainc, (2.0, np.inf)), (sp.gammaincc, (2.0, 0.0))):
        assert withgradient(lambda a, f=f, x=at[1]: f(a, x), at[:1])[1] == (0.0,)
    for x in (0.0, 1.0):
        assert withgradient(lambda a, b, x=x: sp.betainc(a, b, x), (2.0, 3.0))[1] == (0.0, 0.0)
    assert withgradient(sp.stdtr, (2.0, 0.0))[1][0] == 0.0


def test_values_are_those_of_scipy():
    for args in ({}, {"axis": 0}, {"axis": 1, "b": R**2}, {"b": R, "return_sign": True}):
        plain = sp.logsumexp(R, **args)
        traced = pushforward(lambda x, args=args: fs.logsumexp(x, **args), (R,), (R,))[0]
        np.testing.assert_allclose(traced, plain, rtol=1e-14)
        np.testing.assert_array_equal(fs.logsumexp(R, **args), plain)
    assert fs.agm is sp.agm
    np.testing.assert_array_equal(fs.expit(R), sp.expit(R))


def test_empty_and_lists():
    for f in (sp.expit, sp.gammaln, lambda x: fs.polygamma(1, x)):
        assert withgradient(lambda x, f=f: np.sum(f(x)), (np.zeros((0, 3)),))[1][0].shape == (0, 3)
    _, grads = withgradient(lambda a, b: fs.logsumexp([a, b]), (0.0, 0.0))
    assert grads == (0.5, 0.5)
    for make in (list, np.array):
        _, grads = withgradient(lambda a, b, m=make: np.sum(fs.expit(m([a, b, 1.0]))), (0.0, 0.0))
        assert grads == (0.25, 0.25)


def test_arguments_without_a_rule_say_so():
    with pytest.raises(NoRuleError, match="jv has no derivative rule for its argument 'v'"):
        withgradient(sp.jv, (1.0, 2.0))
    with pytest.raises(NoRuleError, match="too many terms"):
        withgradient(sp.gammainc, (1e12, 1e12))
    with pytest.raises(NoRuleError, match=r"scipy\.special\.agm"):
        withgradient(lambda x: sp.agm(x, 1.0), (2.0,))
    with pytest.raises(NoRuleError, match="complex"):
        withgradient(lambda z: np.real(sp.ive(1, z)), (1 + 1j,))


def test_scipys_own_functions_name_the_mirror():
    for name in ("logsumexp", "softmax", "log_softmax", "polygamma", "multigammaln"):
        args = (1,) if name == "polygamma" else ()
        rest = (2,) if name == "multigammaln" else ()
        with pytest.raises(GradientLostError, match=f"fluxbridge.scipy.special.{name}"):
            withgradient(lambda x, n=name, a=args, r=rest: np.sum(getattr(sp, n)(*a, x, *r)), (P + 2,))
    with pytest.raises(NoRuleError, match=r"scipy\.special\.diric"):
        withgradient(lambda x: np.sum(sp.diric(x, 3)), (P,))


def test_rules_are_imported_on_demand():
    program = """
import sys
import fluxbridge
from fluxbridge.autodiff import rules
from fluxbridge.autodiff.native import withgradient
assert "scipy" not in sys.modules
import scipy.special
assert "fluxbridge.autodiff.rules.special" not in sys.modules
assert withgradient(scipy.special.expit, (0.0,)) == (0.5, (0.25,))
assert "fluxbridge.scipy" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", program], check=True)
