"""A lambda on one line: no variable holds what it computes."""

import numpy as np

f = lambda x, y: x * y + np.sin(x)  # noqa: E731

xs = (2.0, 3.0)
