"""Loops in loops, an augmented assignment, and integers that only count."""


def f(x, rows, columns):
    total = 0.0
    for i in range(1, rows + 1):
        y = x * i
        for _ in range(columns):
            y *= x
        total += y
    return total


xs = (2.0, 2, 3)
