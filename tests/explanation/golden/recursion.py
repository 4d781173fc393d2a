"""A function that calls itself: powers by squaring."""


def power(base, n):
    if n == 0:
        return 1.0
    if n % 2:
        return base * power(base, n - 1)
    half = power(base, n // 2)
    return half * half


def f(x):
    return power(x, 6)


xs = (1.5,)
