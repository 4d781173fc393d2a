"""A closure that counts up a variable of the function around it."""


def f(x):
    total = x

    def add(term):
        nonlocal total
        total = total + term * x

    add(2.0)
    add(3.0)
    return total * total


xs = (1.5,)
