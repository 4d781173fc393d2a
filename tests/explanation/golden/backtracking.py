"""A step of gradient descent with a line search: gradients inside, and a loop that only tests."""

from fluxbridge import gradient


def cost(z):
    return (z - 3.0) ** 2


def f(x):
    slope = gradient(cost, x)[0]
    rate = 1.0
    while cost(x - rate * slope) > cost(x) - 0.4 * rate * slope * slope:
        rate = rate / 2
    return cost(x - rate * slope)


xs = (1.0,)
