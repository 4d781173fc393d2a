"""What two ranks run: ``mpiexec -n 2 python programs.py FOLDER``; rank r writes to FOLDER/r.json.

Run by test_training.py, which compares it with a run of one process.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import numpy as np

from fluxbridge import flux as Flux
from fluxbridge.flux import DistributedUtils as DU

FULL = 128
STEPS = 6


def mlp(rng, dtype=np.float32):
    init = Flux.glorot_uniform(rng)
    model = Flux.Chain(Flux.Dense((4, 16), np.tanh, init=init), Flux.Dense((16, 1), init=init))
    x = rng.normal(size=(4, FULL * 3)).astype(dtype)
    return model, (x, np.sin(x.sum(axis=0, keepdims=True))), Flux.mse


def lenet(rng):
    init = Flux.glorot_uniform(rng)
    model = Flux.Chain(
        Flux.Conv((3, 3), (1, 4), init=init),
        Flux.BatchNorm(4, Flux.relu),
        Flux.MaxPool((2, 2)),
        Flux.flatten,
        Flux.Dense((36, 3), init=init),
    )
    x = rng.normal(size=(8, 8, 1, FULL)).astype(np.float32)
    return model, (x, Flux.onehotbatch(rng.integers(0, 3, FULL), range(3))), Flux.logitcrossentropy


def lstm(rng):
    init = Flux.glorot_uniform(rng)
    model = Flux.Chain(
        Flux.LSTM((2, 6), init_kernel=init, init_recurrent_kernel=init),
        lambda h: h[:, -1, :],
        Flux.Dense((6, 1), init=init),
    )
    x = rng.normal(size=(2, 5, FULL)).astype(np.float32)
    return model, (x, x.sum(axis=(0, 1))[None]), Flux.mse


MODELS = {"mlp": mlp, "mlp64": lambda rng: Flux.f64(mlp(rng, np.float64)), "lenet": lenet, "lstm": lstm}
RULES = {
    "mlp": Flux.Momentum(0.05),
    "mlp64": Flux.Adam(0.02),
    "lenet": Flux.Adam(0.01),
    "lstm": Flux.Adam(0.02),
}


def batches(data, parts):
    """Batches of FULL observations, in that many parts: part r of a batch is what rank r takes."""
    size = FULL // parts
    for k in range(STEPS):
        start = FULL * k % Flux.numobs(data)
        yield [Flux.getobs(data, slice(start + r * size, start + (r + 1) * size)) for r in range(parts)]


def arrays(model):
    return [p.astype(float).ravel().tolist() for p in Flux.trainables(model)]


def distributed_curve(backend, name, compile=False, path=None):
    """The mean loss of each step, and the parameters at the end; with a `path` resumed half way."""
    model, data, loss = MODELS[name](np.random.default_rng(7 + DU.local_rank(backend)))  # other numbers each
    _, data, _ = MODELS[name](np.random.default_rng(7))
    model = DU.synchronize_(backend, DU.FluxDistributedModel(model), root=0)
    state = Flux.setup(DU.DistributedOptimizer(backend, RULES[name]), model)
    state = DU.synchronize_(backend, state, root=0)
    losses = []
    for k, parts in enumerate(batches(data, DU.total_workers(backend))):
        if path is not None and k == STEPS // 2:
            DU.save_checkpoint(backend, path, model, state, step=k)
            model, _, _ = MODELS[name](np.random.default_rng(99 + DU.local_rank(backend)))
            state = Flux.setup(DU.DistributedOptimizer(backend, RULES[name]), model)
            assert DU.load_checkpoint(backend, path, model, state) == {"step": k}
        x, y = parts[DU.local_rank(backend)]
        value = Flux.trainstep_(lambda m, x, y: loss(m(x), y), model, (x, y), state, compile=compile)
        losses.append(DU.allreduce_(backend, np.array(value, np.float64), DU.avg).item())
    return {"losses": losses, "parameters": arrays(model)}


def partial_gradients(backend):
    """One parameter has a gradient on rank 1 only, one on no rank, one is frozen."""
    rank = DU.local_rank(backend)
    model = {name: np.ones(2) for name in ("both", "one", "none", "frozen")}
    model["half"] = np.ones(2, np.float16)
    state = Flux.setup(DU.DistributedOptimizer(backend, Flux.Momentum(1.0)), model)
    Flux.freeze_(state["frozen"])
    grad = {"both": np.full(2, 1.0 + rank), "one": np.ones(2) if rank else None, "frozen": np.ones(2)}
    grad["half"] = np.full(2, 0.5 * rank, np.float16)
    Flux.update_(state, model, grad)
    before = {k: v.copy() for k, v in model.items()}
    value = Flux.trainstep_(  # the loss of rank 1 is not finite: nobody takes a step
        lambda m, c: np.sum(m["both"]) * c, model, np.inf if rank else 1.0, state
    )
    return {
        "model": {k: v.astype(float).tolist() for k, v in model.items()},
        "unmoved": all(np.array_equal(v, before[k]) for k, v in model.items()),
        "value": float(value),
        "untouched": state["none"].state.tolist() == [0.0, 0.0],
    }


def collectives(backend):
    rank = DU.local_rank(backend)
    mine = np.asfortranarray(np.arange(6.0).reshape(2, 3)) + rank
    sent, received = np.full(3, rank + 1, np.int64), np.zeros(3, np.int64)
    return {
        "avg": DU.allreduce_(backend, mine.copy(order="F"), DU.avg).tolist(),
        "strided": DU.allreduce_(backend, np.arange(6.0)[::2] * (rank + 1), np.add).tolist(),
        "half": DU.allreduce_(backend, np.full(2, rank, np.float16), DU.avg).tolist(),
        "max": DU.allreduce_(backend, sent, received, np.maximum).tolist(),
        "sent": sent.tolist(),
        "reduce": DU.reduce_(backend, np.full(2, rank + 1.0), np.multiply, root=1).tolist(),
        "bcast": DU.bcast_(backend, np.full(2, rank), root=1).tolist(),
        "number": DU.synchronize_(backend, {"n": rank + 5, "w": [np.full(1, rank)]})["n"],
        "part": DU.DistributedDataContainer(backend, np.arange(5))[:].tolist(),
    }


def apart(backend):
    """Ranks that differ are told where; both of them, and they can go on."""
    rank = DU.local_rank(backend)
    texts = []
    for attempt in (
        lambda: DU.synchronize_(backend, Flux.Chain(Flux.Dense((2, 3 + rank)), np.tanh)),
        lambda: DU.synchronize_(backend, Flux.Chain(Flux.Dense((2, 3)), np.sin if rank else np.cos)),
        lambda: stepped(backend, {"a": np.ones(2), "b": np.full(2, float(rank))}, Flux.Descent(0.1)),
        lambda: stepped(backend, {"a": np.ones(2)}, Flux.Descent(0.1 + 0.1 * rank)),
        lambda: stepped(backend, {"a": np.ones(2 + rank)}, Flux.Descent(0.1)),
        lambda: stepped(backend, {"a": np.ones(2), "b": np.ones(2)}, Flux.Descent(0.1), freeze=rank == 1),
    ):
        try:
            attempt()
            texts.append("nothing")
        except Flux.errors_of_structure as error:
            texts.append(str(error))
    return texts


def stepped(backend, model, rule, freeze=False):
    state = Flux.setup(DU.DistributedOptimizer(backend, rule), model)
    if freeze:
        Flux.freeze_(state["b"])
    Flux.update_(state, model, {k: np.ones_like(v) for k, v in model.items()})


def main(folder):
    from fluxbridge.errors import StructureError

    Flux.errors_of_structure = StructureError
    DU.initialize(Flux.MPIBackend)
    backend = DU.get_distributed_backend(Flux.MPIBackend)
    start = time.perf_counter()
    found = {name: distributed_curve(backend, name) for name in MODELS}
    found["compiled"] = distributed_curve(backend, "mlp", compile=True)
    found["resumed"] = distributed_curve(backend, "mlp64", path=folder / "last.safetensors")
    found["partial"] = partial_gradients(backend)
    found["collectives"] = collectives(backend)
    found["apart"] = apart(backend)
    found["seconds"] = time.perf_counter() - start
    found["workers"] = DU.total_workers(backend)
    (folder / f"{DU.local_rank(backend)}.json").write_text(json.dumps(found))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
