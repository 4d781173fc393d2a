"""The pytest plugin, in runs of pytest of its own."""

from __future__ import annotations

import pytest

pytest_plugins = ["pytester"]


@pytest.fixture
def run(pytester, monkeypatch):
    for name in ("PYTHON_JULIACALL_EXE", "PYTHON_JULIACALL_PROJECT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("PYTHON_JULIAPKG_OFFLINE", "yes")

    def run(body, *options):
        pytester.makepyfile("import numpy as np\nfrom fluxbridge import adjoint\n" + body)
        return pytester.runpytest_subprocess("-p", "no:cacheprovider", *options)

    return run


GOOD = "def test_it(gradient_check):\n    assert gradient_check(lambda x: np.sum(x**3), np.ones(2))\n"
WRONG = """
@adjoint
def f(x):
    return x**2, lambda dy: (dy * x,)
def test_it(gradient_check):
    gradient_check(f, 3.0)
"""
IN_JULIA = "def test_it(gradient_check):\n    gradient_check(abs, 1.0, engines=['zygote'])\n"


def test_a_right_gradient_passes(run):
    run(GOOD).assert_outcomes(passed=1)


def test_a_wrong_gradient_fails_with_the_report(run):
    result = run(WRONG)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["*MISMATCH (finite differences and native differ at [[]0[]]: 6", "*there, 3 here)*"]
    )


def test_without_julia_what_needs_it_is_skipped_with_the_reason(run):
    result = run(IN_JULIA, "-rs")
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["*SKIPPED*zygote was not asked, as there is no Julia: *"])


def test_julia_off(run):
    result = run(IN_JULIA, "--fluxbridge-julia=off", "-rs")
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["*not asked, because of --fluxbridge-julia=off*"])


def test_julia_required(run):
    result = run(IN_JULIA, "--fluxbridge-julia=require")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*--fluxbridge-julia=require, but zygote was not asked, as there is no*"])


def test_the_plugin_loads_without_numpy(pytester):
    pytester.makepyfile("import sys\ndef test_it():\n    assert 'numpy' not in sys.modules\n")
    pytester.runpytest_subprocess("-p", "no:hypothesispytest", "-p", "no:cov").assert_outcomes(passed=1)
