"""A loop with a break and a branch: what a test looks at is no step."""


def f(x):
    y = x
    for _ in range(10):
        if y > 20:
            break
        if y < 5:
            y = y * y
        else:
            y = 3 * y
    return y + 1


xs = (2.0,)
