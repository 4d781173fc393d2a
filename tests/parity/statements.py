"""Statements of random programs, as templates.

``{r}`` is the result, a number; ``{a}``, ``{b}`` and ``{c}`` are numbers, ``{v}`` and ``{w}`` vectors,
``{m}`` is a matrix, ``{k}`` a constant, and names that begin with ``{t}`` are new.
"""

from __future__ import annotations

_ALL = """
{t} = Point({a}, {b})
{t}.x += {c}
{r} = {t}.area() + {t}.norm + sum(astuple({t})) - replace({t}, y=2.0).y
---
{t} = Frozen({a}, {b})
{r} = {t}.x * {t}.y if {t} == Frozen({a}, {b}) else {c}
---
{t} = Pair({a}, {b})._replace(left={c})
{t}x, {t}y = {t}
{r} = {t}x * {t}y + {t}._asdict()['right']
---
{t} = {a}
{t}n = 0
while abs({t}) > 0.2 and {t}n < 6:
    {t}n += 1
    {t} = {t} * 0.6 if {t}n % 2 else {t} - 0.05 * {b}
else:
    {t} = {t} + {t}n
{r} = {t}
---
{r} = sum([u * {k} for u in [*{v}, {a}] if u > 0.1] or [{b}])
---
{t} = {{i: u for i, u in enumerate({v}) if u < {k}}}
{r} = sum({t}.values()) + len({t}) + {t}.get(0, {a})
---
def {t}(u, scale={a}, *rest, shift={b}, **more):
    return u * scale + shift + sum(rest) + sum(more.values())
{r} = {t}({c}) + {t}({a}, 2.0, *{v}, shift=1.5, extra={b})
---
{t} = []
try:
    {t}.append({a})
    {t}.append({b} + 1 / (1 if {a} > 0.5 else 0))
except ZeroDivisionError:
    {t}.append({c})
else:
    {t}.append({k})
finally:
    {t}.append({a} * 2)
{r} = sum({t}) * len({t})
---
def {t}(u):
    for i in range(3):
        got = yield u * i
        u = u + (got or 0.25)
{t}g = {t}({a})
{r} = next({t}g) + {t}g.send({b}) + next({t}g)
---
{t} = {v} * 1.0
def {t}f(u):
    nonlocal_ = {t}
    nonlocal_ += u
    return nonlocal_
{r} = np.sum({t}f({a}) * {t}) + np.sum({t})
---
{t} = [{v} * 1.0, {w} * 2.0]
{t}[0] += {t}[1]
{t}[1] *= {a}
{r} = np.sum({t}[0] * {t}[1])
---
{t} = {{'p': {v} * 1.5, 'q': {a}}}
{t}['p'] -= {b}
{t}['q'] *= 2
{r} = np.sum({t}['p']) * {t}['q']
---
{t} = Box({v} * 1.0)
{t}o = {t}.value
{t}.value += {a}
{r} = np.sum({t}o * {t}.value)
---
{t} = {v} * 1.0
{t}[1:] += {t}[:-1]
{t}[::2] *= {a}
{r} = np.sum({t} * {w})
---
{t} = {m} * 1.0
{t}l, {t}r = np.split({t}, 2)
{t}l += {w}
{t}r *= {a}
{r} = np.sum(np.tanh({t}))
---
{t} = {m} * 1.0
{t}f = {t}.ravel()
{t}f *= {a}
{t}g = {t}.reshape(3, 2).T
{t}g += {k}
{r} = np.sum({t} ** 2)
---
{t} = {m}.T * 1.0
{t}f = np.ravel({t})
{t}f += {a}
{r} = np.sum({t} * {m}.T)
---
{t} = np.arange(3) * n
{r} = np.sum({t}[{v} > 0.2]) * {a} + np.sum({v}[{t} > 1])
---
{t} = {v} > {k}
{r} = np.sum(~{t}) * {a} + np.sum({v}[{t} | ({v} < 0)]) + {t}.any() * {b}
---
{t} = {a} + 1j * {b}
{r} = abs({t}) + ({t} * {t}.conjugate()).real + np.real(np.exp({t} * 1j)) + {t}.imag
---
{t} = {v} * np.exp(1j * {a})
{r} = np.sum(np.abs({t})) + np.sum({t}.real * {t}.imag) + np.angle({t}[0] + 3)
---
{t} = np.asarray({v}).astype(np.float64)
{r} = {t}.mean() + {t}.std() + {t}.dot({w}) + {t}.max() - {t}.min()
---
{r} = functools.reduce(lambda p, q: p * 0.5 + q, {v}, {a})
---
{t} = sorted([*{v}, {a}, {b}], key=lambda u: -abs(u))
{r} = {t}[0] - {t}[1] * {t}[-1]
---
{r} = {a} * len(f"{{{b}:.2f}} {{{c}!r:>30}}") + len("%.2f %s" % ({a}, {k}))
---
{t} = {{1, 2, n}}
{r} = {a} * len({t}) + sum({t}) * {b} + (n in {t}) * {c}
---
{t} = Sequence3({v})
{r} = {t}[1] * len({t}) + sum({t}) + (+{t}).total + ({t} @ {t}) + {t}(2) + ({k} * {t}).total
---
{t} = nested([{a}, [{b}, ({c}, {v})], {{'z': {k}}}])
{r} = {t}
---
{t} = list(itertools.accumulate({v}, lambda p, q: p * 0.5 + q))
{r} = {t}[-1] + math.prod([{a}, 2]) + max({t}, key=abs)
---
{r} = next((u for u in {v} if u > 0.5), {a}) * {b}
---
{t}, *{t}s = {v}
{r} = {t} * {t}s[0] + sum({t}s) + {a}
---
{t} = dict(a={a}, **{{'b': {b}}}) | {{'c': {c}}}
{r} = sum({t}[i] * (j + 1) for j, i in enumerate(sorted({t})))
---
{t} = np.where({v} > {k}, {v}, {a} * {w})
{r} = np.sum({t}[{t} > 0]) + np.clip({a}, -0.5, 0.5)
---
with np.errstate(all='ignore'):
    {t} = np.nan_to_num(np.where({w} > 0.1, {w}, np.nan) + v * 0, nan=0.5)
{r} = np.sum({t} * {w})
---
match ({a}, n):
    case (float(), int()) if {a} > 0.4:
        {r} = {b} * 2
    case (u, 2):
        {r} = u + {c}
    case _:
        {r} = {k} * {a}
---
match {{'kind': 'p', 'u': {a}}}:
    case {{'kind': 'p', 'u': u}}:
        {r} = u * {b}
    case _:
        {r} = {c}
---
{t} = copy.deepcopy([{v} * 1.0, {a}])
{t}[0] += 1
{t}c = copy.copy({t}[0])
{t}c *= 2
{r} = np.sum({t}[0]) * {t}[1] + np.sum({t}c)
---
{t} = {v} * 1.0
for {t}i, {t}u in enumerate({t}):
    {t}u += {t}i
{r} = np.sum({t}) + {t}u
---
{t} = np.float32({k}) * {v}.astype(np.float32)
{r} = float_or_same({a}) + np.sum({t}.astype(np.float64) * 0.0) + {t}.dtype.itemsize
---
{t} = [[{a}, {b}], [{c}, {k}]]
{r} = np.sum(np.stack([np.stack(row) for row in {t}]) @ np.stack([{a}, 1.0])) + np.mean({t})
---
@functools.wraps(abs)
def {t}(*args, **kw):
    return functools.partial(lambda p, q=0.5: p * q + {a}, *args)(**kw)
{r} = {t}({b}) + {t}({c}, q={a})
---
{t} = round({a}, 1) + int({b}) + bool({c}) + math.floor({a}) + ({a} // 0.5) + ({b} % 0.75)
{r} = {t} * {c}
---
{t} = s.copy()
{t}['a'] = {t}['a'] * {a}
{t}.setdefault('new', {b})
{r} = {t}.pop('a') + {t}['new'] + sum({t}['b'])
---
{r} = quadratic({a})({b}) + (lambda u, w={c}: u * w)({a}) + compose_(np.sin, abs)({a})
"""
TEMPLATES = tuple(text.strip("\n") for text in _ALL.split("---\n"))
