"""Programs that once computed something else inside of a gradient than outside, or lost a derivative."""

from __future__ import annotations

import pytest
from parity.referee import judge

FOUND = {
    "a traced array into an array of objects": """
    a = np.array([v, v]) * 1.25
    a -= m[::-1]
    b = a * x
    return np.sum(b * np.cos(b))
""",
    "np.where of numbers is an array without axes": """
    a = matched(np.where(x > 0.3, x, 0.25))
    return a + float_or_same(np.where(s['a'] > 0.3, s['a'], 0.5)) * np.sum(v)
""",
    "an integer argument as an option": """
    a = np.roll(v[[2, 0, 1]], n)
    return np.sum(a * np.cos(a)) + np.sum(np.repeat(v, n)) + np.sum(np.pad(v, n) ** 2)
""",
    "np.array of numbers, converted to objects": """
    a = v.astype(object)
    return np.sum(a * a) + a[0] * x
""",
    "rows changed in place": """
    a = m * 2
    for row in a:
        row += v
    return np.sum(a**2)
""",
    "a division that Python refuses": """
    try:
        a = 1 / (x - x)
    except ZeroDivisionError:
        a = x * 5
    return a
""",
}


@pytest.mark.parametrize("name", FOUND)
def test_found(name: str) -> None:
    assert judge("def f(x, n, v, m, s):" + FOUND[name]) == "equal"
