"""The Babylonian root: a loop that ends by a test, whose steps carry no derivative."""


def f(a):
    x = (1 + a) / 2
    while abs(x * x - a) > 1e-12:
        x = (x + a / x) / 2
    return x


xs = (2.0,)
