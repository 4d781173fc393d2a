"""One worker, without MPI: what is refused, what is the identity, and what the parts do by themselves."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from fluxbridge import flux as Flux
from fluxbridge.errors import ArgumentError, DimensionMismatch, FluxbridgeError, MutationError, StructureError
from fluxbridge.flux import DistributedUtils as DU
from fluxbridge.flux.distributed import agreement, backends, buckets, optimiser
from fluxbridge.flux.optimisers.tree import match

ALONE = DU.SequentialBackend()


@pytest.fixture
def fresh(monkeypatch):
    """As before `initialize`, without mpi4py and without a launcher."""
    monkeypatch.setattr(backends, "_STATE", backends._State())
    monkeypatch.setitem(sys.modules, "mpi4py", None)
    for name in backends._SIZES:
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


def test_without_mpi4py_a_script_goes_on_alone_and_says_so_once(fresh):
    assert not DU.initialized(Flux.MPIBackend)
    with pytest.warns(UserWarning, match=r"one worker, alone: MPIBackend needs mpi4py: pip install"):
        DU.initialize(Flux.MPIBackend)
    DU.initialize(Flux.MPIBackend)  # a second time it says nothing
    backend = DU.get_distributed_backend(Flux.MPIBackend)
    assert DU.initialized(Flux.MPIBackend)
    assert (DU.local_rank(backend), DU.total_workers(backend), repr(backend)) == (0, 1, "SequentialBackend()")


def test_without_mpi4py_one_of_several_processes_is_refused(fresh):
    """Each would train by itself, and nobody would notice."""
    fresh.setenv("OMPI_COMM_WORLD_SIZE", "2")
    with pytest.raises(
        ModuleNotFoundError, match=r'MPIBackend needs mpi4py: pip install "fluxbridge\[mpi\]"'
    ):
        DU.initialize(Flux.MPIBackend)
    with pytest.raises(ModuleNotFoundError, match="MPIBackend needs mpi4py"):
        Flux.MPIBackend()


class World:
    """A communicator of one process."""

    def Get_rank(self):
        return 0

    def Get_size(self):
        return 1


class OtherMPI:
    COMM_WORLD = World()

    @staticmethod
    def Get_library_version():
        return "Open MPI v5.0, package\nand more"


def test_a_launcher_of_another_mpi_is_refused(fresh):
    fresh.setenv("PMI_SIZE", "4")
    fresh.setattr(backends, "_mpi", lambda: OtherMPI)
    with pytest.raises(
        FluxbridgeError, match=r"4 processes were started, but mpi4py sees one.*Open MPI v5\.0$"
    ):
        DU.initialize(Flux.MPIBackend)
    fresh.delenv("PMI_SIZE")
    DU.initialize(Flux.MPIBackend)
    assert repr(DU.get_distributed_backend(Flux.MPIBackend)) == "MPIBackend(rank 0 of 1)"


def test_other_backends_are_refused(fresh):
    for f in (DU.initialize, DU.initialized, DU.get_distributed_backend):
        with pytest.raises(ArgumentError, match="takes the class MPIBackend; got 'mpi'"):
            f("mpi")
    with pytest.raises(ArgumentError, match="time_limit is a number of seconds above 0; got 0"):
        DU.initialize(Flux.MPIBackend, time_limit=0)
    with pytest.raises(AttributeError, match=r"Flux.NCCLBackend is left out: .*take MPIBackend"):
        _ = Flux.NCCLBackend


def test_collectives_of_one_worker_are_the_identity():
    x = np.array([1.0, 2.0])
    for f in (
        lambda: DU.bcast_(ALONE, x),
        lambda: DU.allreduce_(ALONE, x, DU.avg),
        lambda: DU.reduce_(ALONE, x, max),
    ):
        assert f() is x and x.tolist() == [1.0, 2.0]
    into = np.zeros(2)
    assert DU.allreduce_(ALONE, x, into, np.add) is into and into.tolist() == [1.0, 2.0]
    assert DU.bcast_(ALONE, x + 1, into) is into and into.tolist() == [2.0, 3.0]


@pytest.mark.parametrize(
    ("call", "kind", "text"),
    [
        (lambda: DU.allreduce_(ALONE, np.ones(2), np.subtract), ArgumentError, "op is avg, np.add, "),
        (lambda: DU.allreduce_(ALONE), ArgumentError, "op is avg"),
        (lambda: DU.allreduce_(ALONE, [1.0], np.add), ArgumentError, "one array, or two.*got list"),
        (lambda: DU.bcast_(ALONE), ArgumentError, "one array, or two.*got nothing"),
        (lambda: DU.reduce_(ALONE, np.arange(2), DU.avg), ArgumentError, "the mean of int64 is not"),
        (lambda: DU.bcast_(ALONE, np.ones(2), np.ones(3)), ArgumentError, r"\(2,\) .* recvbuf of \(3,\)"),
        (lambda: DU.bcast_(ALONE, np.array(["a"])), ArgumentError, "arrays of numbers, not of <U1"),
        (lambda: DU.bcast_(ALONE, np.broadcast_to(1.0, 2)), MutationError, "cannot be written to"),
        (lambda: DU.DistributedOptimizer(Flux.Adam(), ALONE), ArgumentError, "get_distributed_backend gives"),
        (lambda: DU.DistributedOptimizer(ALONE, 0.1), ArgumentError, "takes a rule such as Adam"),
    ],
)  # fmt: skip
def test_what_is_refused(call, kind, text):
    with pytest.raises(kind, match=text):
        call()


def of(rank, size):
    backend = DU.SequentialBackend()
    backend.rank, backend.size = rank, size
    return backend


def test_the_parts_of_a_data_set_are_flux_s():
    """Of 10 in a row three workers have 4, 4 and 2, as Iterators.partition gives them."""
    data = np.arange(20).reshape(2, 10)
    parts = [DU.DistributedDataContainer(of(r, 3), (data, list(range(10)))) for r in range(3)]
    assert [len(part) for part in parts] == [4, 4, 2]
    assert [part.idxs.tolist() for part in parts] == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]
    x, y = parts[1][[0, 3]]
    assert (x.tolist(), y) == ([[4, 7], [14, 17]], [4, 7])
    assert parts[2][1][1] == 9
    assert [y for _, y in Flux.DataLoader(parts[0], batchsize=2)] == [[0, 1], [2, 3]]
    for rank in range(4):
        with pytest.raises(
            ArgumentError, match="6 observations in parts of 2 leave none for the last of 4 workers"
        ):
            DU.DistributedDataContainer(of(rank, 4), range(6))


def trained(rule, steps=3):
    model = {"w": np.array([1.0, 2.0]), "b": np.array([0.5], np.float32)}
    state = Flux.setup(rule, model)
    for _ in range(steps):
        Flux.trainstep_(lambda m: np.sum(m["w"] ** 2) + np.sum(m["b"]) ** 2, model, (), state)
    return model, state


def test_alone_the_optimiser_is_the_one_inside():
    inner = Flux.OptimiserChain(Flux.ClipNorm(1.0), Flux.Adam(0.1))
    ours, state = trained(DU.DistributedOptimizer(ALONE, inner))
    plain, other = trained(inner)
    assert ours["w"].tolist() == plain["w"].tolist() and ours["b"].tolist() == plain["b"].tolist()
    Flux.adjust_(state, 0.01)
    Flux.adjust_(other, 0.01)
    rule = state["w"].rule
    assert type(rule) is DU.DistributedOptimizer and rule.local == other["w"].rule
    assert rule.exchange is state["b"].rule.exchange
    new, _ = Flux.update(state, ours, {"w": np.ones(2)})
    assert new["w"].rule == rule != DU.DistributedOptimizer(ALONE, Flux.Descent(0.1))
    assert hash(rule) == hash(rule.local)
    rule = DU.DistributedOptimizer(ALONE, Flux.Descent(0.5))
    assert Flux.Optimisers.apply_(rule, None, np.ones(1), np.ones(1)) == (None, np.array([0.5]))


def test_buckets_hold_one_dtype_each_and_are_filled_in_order():
    model = {
        "a": np.zeros((3, 2), order="F"), "b": np.zeros(4, np.float32), "c": np.zeros(5), "d": np.zeros(100),
        "e": np.zeros(2, np.float16), "f": np.zeros(1, np.complex128),
    }  # fmt: skip
    entries = match(Flux.setup(Flux.Descent(0.1), model), model, None)
    made = buckets.in_buckets(entries, limit=100)
    assert [(b.dtype.name, b.members, b.sizes) for b in made] == [
        ("float64", [0, 2], [6, 5]), ("float32", [1, 4], [4, 2]), ("float64", [3], [100]),
        ("complex128", [5], [1]),
    ]  # fmt: skip
    assert made[0].views[0].flags.f_contiguous and made[0].views[0].base is made[0].whole
    assert [len(b.whole) - sum(b.sizes) for b in made] == [2, 2, 1, 1]


def test_mixed_precision_is_added_up_in_its_precision():
    model = {"w": np.zeros(2, np.float16)}
    rule = DU.DistributedOptimizer(ALONE, Flux.MixedPrecision(np.float64, Flux.Descent(0.1)))
    (entry,) = match(Flux.setup(rule, model), model, None)
    assert buckets.travels_as(entry) == np.float64
    assert buckets.received(entry, np.ones(2)).dtype == np.float64


def test_new_states_are_compared_once():
    rule = DU.DistributedOptimizer(ALONE, Flux.Descent(0.1))
    exchange = rule.exchange
    twins = [{"w": np.ones(2)}, {"w": np.ones(2)}]
    states = [Flux.setup(rule, model) for model in twins]
    found = [match(s, m, None) for s, m in zip(states, twins, strict=True)]
    layout = "the layout"
    assert exchange.is_new(found[0], layout)
    exchange.plans[layout] = []
    for entries in found:
        assert exchange.is_new(entries, layout)
        exchange.compare(entries)
        assert not exchange.is_new(entries, layout)
    assert exchange.pending == 0
    Flux.setup(rule, {"w": np.ones(2)})
    assert not exchange.is_new(found[0], layout) or exchange.pending == 1


def test_a_difference_names_the_first_place():
    found = [[("a", "1"), ("b", "2")], [("a", "1"), ("b", "2")], [("a", "1"), ("c", "3")]]
    assert agreement.difference(found, "Do.") == "the ranks differ at b: rank 0 has 2, rank 2 nothing. Do."


class Everyone(DU.SequentialBackend):
    """Two ranks, of which the other has what was given."""

    size = 2

    def __init__(self, other):
        self.other = other

    def everyones(self, x):
        return [x, b"" if isinstance(x, bytes) else self.other]


def test_one_description_too_many_is_a_difference():
    with pytest.raises(StructureError, match="differ at a: rank 0 has 1, rank 1 nothing"):
        agreement.agree(Everyone([]), [("a", "1")], "")


def checkpoint(path, rule=None, model=None, state=None):
    model = {"w": np.zeros(2)} if model is None else model
    state = Flux.setup(rule or Flux.Adam(0.1), model) if state is None else state
    return DU.load_checkpoint(ALONE, path, model, state), model, state


@pytest.mark.parametrize("ending", ["npz", "safetensors"])
def test_a_checkpoint_holds_model_state_and_more(tmp_path, ending):
    rule = Flux.OptimiserChain(Flux.AccumGrad(2), Flux.Adam(0.1))
    model = {"w": np.array([1.0, 2.0]), "tied": None}
    model["tied"] = model["w"]
    state = Flux.setup(rule, model)
    for _ in range(3):
        Flux.update_(state, model, {"w": np.array([1.0, -1.0])})
    Flux.freeze_(state)
    path = tmp_path / f"last.{ending}"
    DU.save_checkpoint(ALONE, path, model, state, epoch=3, note="a", curve=np.array([1.0, 0.5]))
    other = {"w": np.zeros(2), "tied": None}
    other["tied"] = other["w"]
    more, got, new = checkpoint(path, rule, other)
    assert (more["epoch"], more["note"], more["curve"].tolist()) == (3, "a", [1.0, 0.5])
    assert got["w"].tolist() == model["w"].tolist() and got["tied"] is got["w"]
    assert new["w"] == state["w"] and new["w"].frozen and new["tied"] is new["w"]


def test_checkpoints_that_do_not_fit_change_nothing(tmp_path):
    path = tmp_path / "last.npz"
    model = {"w": np.ones(2)}
    DU.save_checkpoint(ALONE, path, model, Flux.setup(Flux.Adam(0.1), model))
    own, state = {"w": np.zeros(2)}, None
    for rule, target, kind, text in [
        (Flux.Adam(0.2), own, ArgumentError, "written with Adam.eta=0.1.*this state has Adam.eta=0.2"),
        (
            None,
            {"w": np.zeros(2), "v": np.zeros(1)},
            ArgumentError,
            "states of 1 parameters, and this state 2",
        ),
        (None, {"w": np.zeros(3)}, DimensionMismatch, "state of parameter 0 has not the shapes"),
        (None, {"v": np.zeros(2)}, ArgumentError, "nothing was loaded"),
    ]:
        with pytest.raises(kind, match=text):
            checkpoint(path, rule, target, state)
        assert all(not np.any(x) for x in target.values())
    Flux.save(tmp_path / "model.npz", model)
    with pytest.raises(ArgumentError, match="is no checkpoint that save_checkpoint wrote"):
        checkpoint(tmp_path / "model.npz")


def test_an_exchange_of_one_worker_changes_nothing():
    exchange = optimiser.Exchange(ALONE)
    assert exchange([]) and not exchange([], forgo=True)
