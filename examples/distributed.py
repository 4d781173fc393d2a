"""Training on several processes: the example of Flux's guide (docs/src/guide/gpu.md), line by line.

    python examples/distributed.py                 # one worker
    mpiexec -n 4 python examples/distributed.py    # four, each with its own 16 observations

In Julia the same lines begin ``using Flux, MPI, Optimisers, Zygote``.
"""

import numpy as np

from fluxbridge import flux as Flux
from fluxbridge.flux import Chain, Dense, DistributedUtils, MPIBackend, Optimisers

# DistributedUtils.initialize(MPIBackend)
DistributedUtils.initialize(MPIBackend)
# backend = DistributedUtils.get_distributed_backend(MPIBackend)
backend = DistributedUtils.get_distributed_backend(MPIBackend)
rank = DistributedUtils.local_rank(backend)

# model = Chain(Dense(1 => 256, tanh), Dense(256 => 1)) |> gpu
model = Chain(Dense((1, 256), np.tanh), Dense((256, 1)))
# x = rand(Float32, 1, 16) |> gpu
x = np.random.default_rng(rank).random((1, 16), np.float32)
# y = x .^ 3
y = x**3
# data = DistributedUtils.DistributedDataContainer(backend, x)
data = DistributedUtils.DistributedDataContainer(backend, x)

# model = DistributedUtils.synchronize!!(backend, DistributedUtils.FluxDistributedModel(model); root=0)
model = DistributedUtils.synchronize__(backend, DistributedUtils.FluxDistributedModel(model), root=0)
# opt = DistributedUtils.DistributedOptimizer(backend, Optimisers.Adam(0.001f0))
opt = DistributedUtils.DistributedOptimizer(backend, Optimisers.Adam(0.001))
# st_opt = Optimisers.setup(opt, model)
st_opt = Optimisers.setup(opt, model)
# st_opt = DistributedUtils.synchronize!!(backend, st_opt; root=0)
st_opt = DistributedUtils.synchronize__(backend, st_opt, root=0)


# loss(model) = mean((model(x) .- y).^2)
def loss(model):
    return np.mean((model(x) - y) ** 2)


# for epoch in 1:100
for epoch in range(1, 101):
    # l, grad = Zygote.withgradient(loss, model)
    l, grad = Flux.withgradient(loss, model)
    # println("Epoch $epoch: Loss $l")
    if rank == 0 and (epoch < 4 or epoch % 25 == 0):
        print(f"Epoch {epoch}: Loss {l}")
    # st_opt, model = Optimisers.update(st_opt, model, grad[1])
    st_opt, model = Optimisers.update(st_opt, model, grad[0])

# Every rank has the same model.
weights = np.concatenate([p.ravel() for p in Flux.trainables(model)])
spread = DistributedUtils.allreduce_(backend, weights.copy(), np.maximum) - weights
print(f"rank {rank} of {DistributedUtils.total_workers(backend)}: largest difference {np.max(spread)}")
