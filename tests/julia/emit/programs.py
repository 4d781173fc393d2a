"""Thirty programs in plain NumPy, as users write them: for cross-checks, and for golden texts in Julia.

Each is a function of some arguments that returns a number. They know nothing of fluxbridge, but for the
one that fills a Buffer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from fluxbridge import Buffer

rng = np.random.default_rng(2024)


class Program(NamedTuple):
    f: Callable[..., Any]
    args: tuple[Any, ...]

    @property
    def name(self) -> str:
        return self.f.__name__


PROGRAMS: list[Program] = []


def program(*args: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def enter(f: Callable[..., Any]) -> Callable[..., Any]:
        PROGRAMS.append(Program(f, args))
        return f

    return enter


# -- networks ------------------------------------------------------------------------------------------

DATA = rng.normal(size=(5, 40))
TARGET = rng.normal(size=(2, 40))
LABELS = rng.integers(0, 3, 40)


@program({"W1": rng.normal(size=(8, 5)), "b1": np.zeros(8), "W2": rng.normal(size=(2, 8)), "b2": np.zeros(2)})
def mlp_loss(m):
    h = np.tanh(m["W1"] @ DATA + m["b1"][:, None])
    y = m["W2"] @ h + m["b2"][:, None]
    return np.mean((y - TARGET) ** 2)


class Dense:
    def __init__(self, weight, bias, activation):
        self.weight, self.bias, self.activation = weight, bias, activation

    def __call__(self, x):
        return self.activation(self.weight @ x + self.bias)


def relu(x):
    return np.maximum(x, 0.0)


@program(
    [
        Dense(rng.normal(size=(6, 4)), rng.normal(size=6), relu),
        Dense(rng.normal(size=(3, 6)), rng.normal(size=3), lambda x: x),
    ],
    rng.normal(size=4),
)
def chain_of_layers(layers, x):
    for layer in layers:
        x = layer(x)
    return np.sum(np.exp(x) / np.sum(np.exp(x)) * np.array([0.2, 0.3, 0.5]))


@program(rng.normal(size=(40, 5)) * 0.3, rng.normal(size=(5, 3)), rng.normal(size=3))
def softmax_cross_entropy(X, W, b):
    logits = X @ W + b
    shifted = logits - np.max(logits, axis=1, keepdims=True)
    log_p = shifted - np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))
    return -np.mean(log_p[np.arange(len(LABELS)), LABELS])


@program(rng.normal(size=(6, 4)), rng.normal(size=(4, 4)), rng.normal(size=(4, 4)), rng.normal(size=(4, 4)))
def attention(x, Wq, Wk, Wv):
    q, k, v = x @ Wq, x @ Wk, x @ Wv
    scores = q @ k.T / np.sqrt(k.shape[1])
    weights = np.exp(scores - np.max(scores, axis=1, keepdims=True))
    weights = weights / np.sum(weights, axis=1, keepdims=True)
    return np.sum((weights @ v) ** 2)


@program(rng.normal(size=(2, 5, 8)), rng.normal(size=(2, 8, 4)), rng.normal(size=(2, 8, 4)))
def attention_with_heads(x, Wq, Wk):
    q, k = np.einsum("btd,hde->bhte", x, Wq), np.einsum("btd,hde->bhte", x, Wk)
    scores = np.einsum("bhte,bhse->bhts", q, k) / 2.0
    weights = np.exp(scores)
    weights = weights / weights.sum(axis=-1, keepdims=True)
    return np.sum(np.einsum("bhts,bsd->bhtd", weights, x) ** 2)


@program(rng.normal(size=(9, 9)), rng.normal(size=(3, 3)), 0.1)
def convolution_loss(image, kernel, bias):
    out = 0.0
    for i in range(3):
        for j in range(3):
            out = out + kernel[i, j] * image[i : i + 7, j : j + 7]
    features = np.maximum(out + bias, 0.0)
    pooled = features[:6, :6].reshape(3, 2, 3, 2).max(axis=(1, 3))
    return np.sum(pooled**2)


@program(rng.normal(size=(4, 4)) * 0.5, rng.normal(size=(4, 3)), rng.normal(size=4), rng.normal(size=(6, 3)))
def recurrence(W, U, b, xs):
    h = np.zeros(4)
    for x in xs:
        h = np.tanh(W @ h + U @ x + b)
    return h @ h


@program(
    {k: rng.normal(size=(3, 5)) * 0.5 for k in ("forget", "input", "output", "cell")}, rng.normal(size=(4, 2))
)
def lstm(p, xs):
    h = c = np.zeros(3)
    for x in xs:
        z = np.concatenate([h, x])
        f, i, o = (1 / (1 + np.exp(-(p[k] @ z))) for k in ("forget", "input", "output"))
        c = f * c + i * np.tanh(p["cell"] @ z)
        h = o * np.tanh(c)
    return np.sum(h)


@program(rng.normal(size=(7, 4)), np.ones(4), np.zeros(4))
def layer_norm(x, scale, shift):
    mean = x.mean(axis=-1, keepdims=True)
    std = x.std(axis=-1, keepdims=True)
    return np.sum(np.sin(scale * (x - mean) / (std + 1e-5) + shift))


@program(rng.normal(size=(5, 4)), rng.normal(size=(10, 4)))
def embedding(queries, table):
    tokens = np.array([3, 1, 4, 1, 5])
    picked = table[tokens]
    norms = np.linalg.norm(picked, axis=1) * np.linalg.norm(queries, axis=1)
    return np.sum(np.sum(picked * queries, axis=1) / norms)


# -- statistics -------------------------------------------------------------------------------------------

SAMPLE = rng.normal(1.0, 2.0, 50)
COUNTS = rng.poisson(3.0, 30)


@program(0.5, 0.3)
def normal_likelihood(mu, log_sigma):
    z = (SAMPLE - mu) / np.exp(log_sigma)
    return np.sum(0.5 * z**2 + log_sigma + 0.5 * np.log(2 * np.pi))


@program(np.array([0.3, 0.4, 0.3]), np.array([-2.0, 0.0, 3.0]), np.array([1.0, 0.5, 2.0]))
def mixture_likelihood(weights, means, scales):
    z = (SAMPLE[:, None] - means) / scales
    density = weights / (scales * np.sqrt(2 * np.pi)) * np.exp(-0.5 * z**2)
    return -np.sum(np.log(density.sum(axis=1)))


@program(rng.normal(size=(30, 3)), rng.normal(size=3) * 0.3)
def poisson_regression(X, beta):
    rate = np.exp(X @ beta)
    return np.sum(rate - COUNTS * np.log(rate))


@program(rng.normal(size=(3, 3)), rng.normal(size=3))
def gaussian_with_covariance(root, mean):
    cov = root @ root.T + np.eye(3)
    x = np.array([0.5, -1.0, 2.0]) - mean
    _, logdet = np.linalg.slogdet(cov)
    return 0.5 * (x @ np.linalg.solve(cov, x) + logdet)


@program(rng.normal(size=6), 0.7, 0.4)
def gaussian_process(y, length, noise):
    t = np.linspace(0.0, 1.0, 6)
    K = np.exp(-0.5 * ((t[:, None] - t[None, :]) / length) ** 2) + noise**2 * np.eye(6)
    L = np.linalg.cholesky(K)
    alpha = np.linalg.solve(L, y)
    return 0.5 * np.sum(alpha**2) + np.sum(np.log(np.diag(L)))


@program(rng.normal(size=(20, 4)))
def correlation(X):
    centred = X - X.mean(axis=0)
    cov = centred.T @ centred / (len(X) - 1)
    scale = np.sqrt(np.diagonal(cov))
    return np.sum(np.abs(cov / np.outer(scale, scale)))


@program(np.array([1.0, 2.0]), SAMPLE)
def huber_regression(p, y):
    t = np.arange(len(y)) / len(y)
    r = y - (p[0] + p[1] * t)
    small = np.abs(r) < 1.0
    return np.sum(np.where(small, 0.5 * r**2, np.abs(r) - 0.5))


@program(np.array([0.2, 0.3, 0.5]), np.array([[0.7, 0.2, 0.1], [0.1, 0.8, 0.1], [0.3, 0.3, 0.4]]))
def hidden_markov(start, transition):
    emission = np.array([[0.9, 0.1], [0.5, 0.5], [0.2, 0.8]])
    total = 0.0
    alpha = start
    for symbol in [0, 1, 1, 0, 1]:
        alpha = alpha * emission[:, symbol]
        total = total + np.log(np.sum(alpha))
        alpha = transition.T @ (alpha / np.sum(alpha))
    return -total


# -- numerical methods --------------------------------------------------------------------------------------


@program(2.0)
def babylonian(x):
    y = (1 + x) / 2
    for _ in range(8):
        y = (y + x / y) / 2
    return y


@program(5.0)
def newton_until_converged(x):
    y = x
    while abs(y * y - x) > 1e-10:
        y = y - (y * y - x) / (2 * y)
    return y


@program(0.8)
def power_series(x):
    total = term = x
    for k in range(1, 12):
        term = -term * x * x / ((2 * k) * (2 * k + 1))
        total = total + term
    return total


@program(np.array([1.1, 0.4, 0.4, 0.1]), np.array([10.0, 5.0]))
def lotka_volterra(p, u):
    dt = 0.05

    def slope(u):
        x, y = u
        return np.array([p[0] * x - p[1] * x * y, p[3] * x * y - p[2] * y])

    for _ in range(2):
        k1 = slope(u)
        k2 = slope(u + dt / 2 * k1)
        k3 = slope(u + dt / 2 * k2)
        k4 = slope(u + dt * k3)
        u = u + dt / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    return u[0] + u[1]


@program(np.array([[0.0, 0.0], [1.0, 0.2], [0.3, 1.1]]), np.array([1.0, 2.0, 0.5]))
def potential_energy(positions, masses):
    energy = 0.0
    for i in range(3):
        for j in range(i):
            d = positions[i] - positions[j]
            energy = energy - masses[i] * masses[j] / np.sqrt(d @ d)
    return energy


@program(np.exp(-(np.linspace(-3, 3, 24) ** 2)), 0.3)
def heat_equation(u, k):
    for _ in range(5):
        u = u + k * (np.roll(u, 1) - 2 * u + np.roll(u, -1))
    return np.sum(u**3)


@program(rng.normal(size=(6, 2)), rng.normal(size=(2, 5)), rng.normal(size=(6, 5)))
def matrix_factorisation(U, V, M):
    known = np.abs(M) < 1.0
    residual = np.where(known, M - U @ V, 0.0)
    return np.sum(residual**2) + 0.1 * (np.sum(U**2) + np.sum(V**2))


@program(rng.normal(size=(4, 4)))
def power_iteration(A):
    v = np.ones(4)
    for _ in range(6):
        v = A.T @ (A @ v)
        v = v / np.linalg.norm(v)
    return v @ A @ v


@program(rng.normal(size=(5, 3)))
def nuclear_and_eigen(A):
    s = np.linalg.svd(A, compute_uv=False)
    w, V = np.linalg.eigh(A.T @ A)
    return np.sum(s) + np.sum(w[:2]) + (V[:, -1] @ np.ones(3)) ** 2


@program(rng.normal(size=16), 2.5)
def spectrum(signal, cutoff):
    power = np.abs(np.fft.rfft(signal)) ** 2
    frequency = np.fft.rfftfreq(16, 1 / 16)
    return np.sum(power / (1 + (frequency / cutoff) ** 4))


@program(np.linspace(0.1, 2.0, 7))
def running_product(x):
    b = Buffer(x)
    b[0] = x[0]
    for i in range(1, len(x)):
        b[i] = b[i - 1] * x[i] + np.sin(x[i])
    return np.sum(b.copy())


@dataclass
class Lens:
    curvature: float
    thickness: float
    index: float


@program((Lens(0.5, 0.1, 1.5), Lens(-0.2, 0.2, 1.6)), np.array([0.1, 0.2, 0.3]))
def ray_trace(lenses, heights):
    angles = np.zeros(3)
    for lens in lenses:
        angles = angles - heights * lens.curvature * (lens.index - 1)
        heights = heights + angles * lens.thickness / lens.index
    return np.sum(heights**2)


@program(rng.normal(size=(3, 4)).astype(np.float32), np.float32(0.5), np.ones(4, np.float32))
def single_precision(W, rate, x):
    y = W @ (rate * x) + 0.1
    return np.sum(1 / (1 + np.exp(-2 * y)))


@program(np.array([1.0 + 0.5j, -0.3 + 1.2j]), 0.7)
def interference(amplitudes, phase):
    wave = amplitudes[0] + amplitudes[1] * np.exp(1j * phase)
    return np.abs(wave) ** 2
