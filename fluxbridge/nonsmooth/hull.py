"""Convex hulls, by the point of a hull that is nearest to the origin (Wolfe 1976).

Membership, corners, and whether an open cone is empty are all decided by that nearest point.
"""

from __future__ import annotations

import numpy as np


def nearest_to_origin(points: np.ndarray, rounds: int = 10_000) -> tuple[np.ndarray, np.ndarray]:
    """The point of the convex hull of the rows that is nearest to the origin, and its weights.

    P. Wolfe, Finding the nearest point in a polytope, Mathematical Programming 11 (1976).

    >>> nearest_to_origin(np.array([[1.0, 3.0], [1.0, -1.0]]))[1]
    array([0.25, 0.75])
    """
    points = np.asarray(points, float)
    size = float(np.max(np.sum(points * points, axis=1), initial=0.0))
    slack = 1e-14 * max(size, 1e-300)
    corral = [int(np.argmin(np.sum(points * points, axis=1)))]
    weights = np.array([1.0])
    x = points[corral[0]].copy()
    for _ in range(rounds):
        scores = points @ x
        best = int(np.argmin(scores))
        if x @ x - scores[best] <= slack or best in corral:
            break
        corral.append(best)
        weights = np.append(weights, 0.0)
        while True:
            target = _affine_weights(points[corral])
            if np.all(target > 1e-13):
                weights = target
                break
            falling = target < weights
            ratio = weights[falling] / (weights[falling] - target[falling])
            step = min(1.0, float(np.min(ratio[target[falling] <= 1e-13], initial=1.0)))
            weights = weights + step * (target - weights)
            keep = weights > 1e-13
            if np.all(keep):
                keep[int(np.argmin(weights))] = False
            corral = [c for c, on in zip(corral, keep, strict=True) if on]
            weights = weights[keep] / np.sum(weights[keep])
        x = weights @ points[corral]
    full = np.zeros(len(points))
    full[corral] = weights
    return x, full


def _affine_weights(points: np.ndarray) -> np.ndarray:
    """The weights, of either sign and with sum one, of the affine combination nearest to the origin."""
    gram = points @ points.T
    system = gram + max(1.0, float(np.trace(gram)) / len(gram))
    one = np.ones(len(gram))
    try:
        weights = np.linalg.solve(system, one)
    except np.linalg.LinAlgError:
        weights = np.full(len(gram), np.inf)
    if not np.allclose(system @ weights, one, rtol=1e-9, atol=1e-9):
        weights = np.linalg.lstsq(system, one, rcond=None)[0]
    return weights / np.sum(weights)


def distance_to_hull(g: np.ndarray, points: np.ndarray) -> float:
    """How far `g` is from the convex hull of the rows of `points`."""
    return float(np.linalg.norm(nearest_to_origin(points - g)[0]))


def corners(points: np.ndarray, tol: float = 1e-7) -> list[int]:
    """The rows that are corners of the convex hull: those that the others do not span."""
    scale = tol * max(1.0, float(np.max(np.abs(points), initial=0.0)))
    if points.shape[1] == 1:
        ends = [int(np.argmin(points)), int(np.argmax(points))]
        return ends if points[ends[1], 0] - points[ends[0], 0] > scale else ends[:1]
    left = list(range(len(points)))
    away = points - points.mean(axis=0)
    reach = points @ away.T
    for k in range(len(points)):
        if np.sum(reach[:, k] >= reach[k, k] - scale) == 1:  # it is farthest out in its own direction
            continue
        rest = [i for i in left if i != k]
        if rest and distance_to_hull(points[k], points[rest]) <= scale:
            left = rest
    return left


def direction_inside(rows: np.ndarray, least: float = 1e-6) -> np.ndarray | None:
    """A direction v with ``rows @ v > 0``, as far from the border as possible; None if there is none.

    By Gordan's theorem there is one exactly if the origin is not in the hull of the rows, and then the
    nearest point of the hull (of the rows scaled to length one) is such a direction.
    """
    sizes = np.linalg.norm(rows, axis=1)
    if np.any(sizes == 0):
        return None
    nearest = nearest_to_origin(rows / sizes[:, None])[0]
    length = float(np.linalg.norm(nearest))
    return nearest / length if length > least else None
