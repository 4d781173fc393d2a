"""Parameters and results in dictionaries."""

import numpy as np


def f(p, x):
    out = {}
    out["linear"] = p["w"] * x + p["b"]
    out["smooth"] = np.tanh(out["linear"])
    return out["smooth"] ** 2


xs = ({"w": 2.0, "b": -0.5}, 0.75)
