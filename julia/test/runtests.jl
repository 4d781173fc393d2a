using FluxBridge, Test
using FluxBridge: PyFunction, Tangent, VJP, Zygote, c_order, define, element_type, gradients, like, operations,
    reordered, seed, tojulia, topy, user_frames
using FluxBridge: Random
using FluxBridge.PythonCall: Py, pyconvert, pydict, pyeval, pyfunc, pyimport, pytuple, pylist, pyexec

# The hooks that the Python half gives; fluxbridge itself is not needed here.
space = pydict()
pyexec("""
import numpy as np
class JuliaObject:
    def __init__(self, value): self._value = value
class Handle:
    def __init__(self, raw): self.raw = raw
class Diagonal:
    def __init__(self, diag): self.diag = diag
def pullback(f, args, keywords):
    eps = 1e-6
    y = f(*args)
    def back(dy):
        return tuple(dy * (f(*args[:k], x + eps, *args[k+1:]) - f(*args[:k], x - eps, *args[k+1:])) / (2 * eps)
                     for k, x in enumerate(args))
    return y, back
def make_error(kind, message, frames, thrown):
    return RuntimeError(kind + ": " + message)
hooks = dict(JuliaObject=JuliaObject, Diagonal=Diagonal, UniformScaling=float, array0=np.asarray,
    is_tracer=lambda x: False, make_error=make_error, numpy=np, opaque=lambda raw, whole=JuliaObject, handle=Handle: whole(handle(raw)), plain_array=lambda x: x.astype(float),
    python_call=lambda f, args, keywords: f(*args), pullback=pullback, record=lambda names, values: dict(zip(names, values)), stack=np.stack,
    take_apart=lambda x: ("function",) if callable(x) else ("opaque",))
""", Main, space)
FluxBridge.connect(space["hooks"])
np = pyimport("numpy")
value(code) = pyeval(Py, code, Main, pydict(; np))

@testset "FluxBridge" begin
    @testset "Python to Julia" begin
        @test tojulia(Py(1)) === 1
        @test tojulia(Py(2.5)) === 2.5
        @test tojulia(Py(nothing)) === nothing
        @test tojulia(value("[1, 2.5]")) == [1.0, 2.5]
        @test tojulia(value("(1, 'a', None)")) === (1, "a", nothing)
        @test tojulia(value("{'a': 1.0}")) == Dict("a" => 1.0)
        @test tojulia(value("np.float32(2)")) === 2.0f0
        @test tojulia(value("np.arange(6.0).reshape(2, 3)")) == [0.0 1 2; 3 4 5]
        @test tojulia(value("np.asfortranarray(np.arange(6).reshape(2, 3))")) == [0 1 2; 3 4 5]
        @test tojulia(value("np.arange(6).reshape(2, 3)[:, ::-2]")) == [2 0; 5 3]
        @test tojulia(value("np.arange(24).reshape(2, 3, 4)"))[1, 2, 3] == 6
        @test tojulia(value("np.arange(3).astype('>f4')")) == Float32[0, 1, 2]
        @test tojulia(value("np.array(3.0)")) === 3.0
        @test tojulia(value("np.zeros((0, 2))")) == zeros(0, 2)
        @test element_type(">d", 8) == (Float64, true)
    end
    @testset "Julia to Python" begin
        there_and_back(x) = tojulia(topy(x))
        for x in (1, 2.0, 3.0f0, Float16(1), 1 + 2.0im, true, nothing, "text", (1, 2.0), [1.0 2; 3 4], rand(2, 3, 4), ComplexF32[1 2im])
            @test isequal(there_and_back(x), x)
        end
        @test there_and_back([1 2; 3 4]') == [1 3; 2 4]
        @test there_and_back(view([1 2; 3 4], :, 2)) == [2, 4]
        @test pyconvert(Bool, topy([1.0 2; 3 4]).flags.c_contiguous)
        @test pyconvert(Bool, topy([1.0 2; 3 4]).flags.owndata)
        @test tojulia(topy(sin)) === sin
    end
    @testset "gradients" begin
        args = value("(np.ones((2, 2)), [1.0, 2.0], 3)")
        g = gradients((ones(2, 2), [3.0, 4.0], nothing), args)
        @test pyconvert(Bool, g[1] == pylist([3.0, 4.0]))
        @test c_order(zeros(2, 3)) == [1, 3, 5, 2, 4, 6]
        @test reordered([1 2 3 4], 1.0, zeros(2, 2)) == [1 3 2 4]
        @test seed((1.0, [1.0]), (2.0, nothing)) == (2.0, nothing)
        @test_throws FluxBridge.Misfit seed([1.0], [1.0, 2.0])
        v = VJP(x -> sum(x .^ 3))
        @test v([1.0, 2.0], 1.0) == ([3.0, 12.0],)
        @test Zygote.gradient(x -> sum(v(x, 1.0)[1]), [1.0, 2.0]) == ([6.0, 12.0],)
    end
    @testset "Python functions" begin
        p = PyFunction(value("lambda x, y: x * x * y"))
        @test p(3.0, 2.0) == 18.0
        @test all(isapprox.(Zygote.gradient((x, y) -> 2p(x, y), 3.0, 2.0), (24.0, 18.0); rtol = 1e-6))
    end
    @testset "random numbers from Python" begin
        rng = FluxBridge.Asked(PyFunction(value("lambda dtype, shape, np=np: np.full(shape, 0.75, dtype)")))
        @test Random.rand!(rng, zeros(Float32, 2, 3)) == fill(0.75f0, 2, 3)
        drop(p) = Zygote.gradient(x -> sum(FluxBridge.NNlib.dropout(rng, x, p)), ones(2, 3))[1]
        @test drop(0.5) == fill(2.0, 2, 3)
        @test drop(0.8) == zeros(2, 3)
        @test Zygote.gradient(x -> sum(x .* Random.rand!(rng, similar(x))), ones(2))[1] == [0.75, 0.75]
    end
    @testset "sources and errors" begin
        f = define("half(x) = x / 2\nx -> half(x)^2")
        @test Base.invokelatest(f, 4.0) == 4.0
        bad = define("x -> error(\"no\")")
        frames = try
            Base.invokelatest(bad, 1)
        catch
            user_frames(catch_backtrace())
        end
        @test any(contains("julia source"), frames)
        @test length(operations()[1]) > 20
    end
    @testset "NumPy's words" begin
        N = FluxBridge.NumPy
        "Zygote's gradient of `sum(w .* f(xs...))` against central differences."
        function slope(f, xs...; h = 1e-6)
            w = f(xs...) isa Tuple ? map(y -> cos.(1:length(y)), f(xs...)) : cos.(1:length(f(xs...)))
            s(x...) = (y = f(x...); y isa Tuple ? sum(map((a, b) -> sum(a .* vec(b)), w, y)) : sum(w .* (y isa Number ? y : vec(y))))
            found = Zygote.gradient(s, xs...)
            return all(enumerate(xs)) do (k, x)
                d = map(i -> (e = zeros(size(x)); e[i] = h; (s(xs[1:k-1]..., x + e, xs[k+1:end]...) - s(xs[1:k-1]..., x - e, xs[k+1:end]...)) / 2h), CartesianIndices(x))
                isapprox(d, found[k]; atol = 1e-6)
            end
        end
        x = reshape(sin.(1.0:24.0), 2, 3, 4)
        m = reshape(sin.(1.0:6.0), 2, 3)
        @test N.reshape([1 2 3; 4 5 6], 3, 2) == [1 2; 3 4; 5 6]
        @test N.ravel([1 2 3; 4 5 6]) == 1:6
        @test slope(z -> N.reshape(z, 4, 6), x)
        @test N.broadcast_to([1, 2, 3], 2, 3) == [1 2 3; 1 2 3]
        @test slope(z -> N.broadcast_to(z, 5, 2, 3), m)
        @test N.rot90([1 2; 3 4], 1, (1, 2)) == rotl90([1 2; 3 4])
        @test all(k -> slope(z -> N.rot90(z, k, (1, 3)), x), 0:3)
        @test N.linspace(0.0, 1.0, 5) == [0, 0.25, 0.5, 0.75, 1]
        @test N.linspace(0.0, 1.0, 4; endpoint = false) == [0, 0.25, 0.5, 0.75]
        @test slope((a, b) -> N.linspace(a, b, 3; dims = 2), m[:, 1], m[:, 2])
        @test N.pad([1 2], ((1, 0), (0, 1))) == [0 0 0; 1 2 0]
        @test slope(z -> N.pad(z, ((1, 2), (0, 1))), m)
        @test N.tril(x, 1)[1, :, :] == [j - i <= 1 ? x[1, i, j] : 0 for i in 1:3, j in 1:4]
        @test N.triu(x)[2, :, :] == [j >= i ? x[2, i, j] : 0 for i in 1:3, j in 1:4]
        @test slope(z -> N.triu(z, -1), x)
        @test N.scatter((3,), ([1, 1], 3), [1.0, 2.0], 4.0) == [3, 0, 4]
        @test slope((a, b) -> N.scatter((3,), ([1, 1], 2:3), a, b), [1.0, 2.0], [3.0, 4.0])
        @test N.assemble([1.0, 2, 3], (1, 1:2), 5.0, [6.0, 7.0]) == [6, 7, 3]
        @test slope((a, b, c) -> N.assemble(a, ([1, 2], 2:3), b, c), [1.0, 2, 3], [4.0, 5], [6.0, 7])
        @test N.bincount([1.0, 2, 4], [1, 2, 1], 3) == [5, 2, 0]
        @test N.norm([3.0 0; 4 0]; dims = 1) == [5.0 0.0]
        @test Zygote.gradient(z -> sum(N.norm(z; dims = 1)), [3.0 0; 4 0])[1] ≈ [0.6 0; 0.8 0]
        @test N.sort([3 1; 2 2]; dims = 2) == [1 3; 2 2]
        @test slope(z -> N.sort(z; dims = 2), x)
        @test slope(z -> N.var(z; dims = (1, 3), ddof = 2), x)
        some = [i + j + k != 4 for i in 1:2, j in 1:3, k in 1:4]
        @test slope(z -> N.std(z; dims = 2, where = some), x)
        @test N.tensordot(m, m, (2,), (2,)) ≈ m * m'
        @test N.tensordot(m, m, (1, 2), (1, 2)) ≈ sum(m .* m)
        @test slope((a, b) -> N.tensordot(a, b, (2, 1), (2, 1)), x, m)
        y = N.matmul(x, permutedims(x, (1, 3, 2)))
        @test y[2, :, :] ≈ x[2, :, :] * x[2, :, :]'
        @test slope((a, b) -> N.matmul(a, b), x, reshape(sin.(1.0:8.0), 4, 2))
        @test slope((a, b) -> N.matmul(a, b), sin.(1.0:3.0), x)
        @test slope((a, b) -> N.vecdot(a, b), x, reshape(cos.(1.0:12.0), 3, 4))
        @test slope((a, b) -> N.matvec(a, b), x, sin.(1.0:4.0))
        @test slope((a, b) -> N.vecmat(a, b), sin.(1.0:3.0), x)
        @test slope((a, b) -> N.cross(a, b), m, cos.(m))
        @test N.trace(x, 1, (2, 3)) ≈ [sum(x[k, i, i+1] for i in 1:3) for k in 1:2]
        @test slope(z -> N.trace(z, -1, (3, 1)), x)
        @test N.einsum("ij,kj->ik", m, m) ≈ m * m'
        @test N.einsum("ii->", [1 2; 3 4]) == 5
        @test N.einsum("ijk->kj", x) ≈ dropdims(sum(x; dims = 1); dims = 1)'
        @test slope((a, b) -> N.einsum("ijk,il->jl", a, b), x, m)
        @test slope((a, b) -> N.einsum("ijk,ij->ij", a, b), x, m)
        s3 = permutedims(reshape(sin.((1.0:18.0) .^ 2), 3, 3, 2), (3, 1, 2))
        @test slope(N.det, s3) && slope(N.inv, s3) && slope(z -> N.slogdet(z)[2], s3)
        @test slope((a, b) -> N.solve(a, b), s3, s3)
        @test slope(a -> N.solve(a, [1.0, 2, 3]), s3)
        q = [2.0 1 0; 1 3 1; 0 1 5]
        w, V = N.eigh(q)
        @test V * (w .* V') ≈ q
        @test Zygote.gradient(a -> sum(N.eigh(a)[1]), q)[1] ≈ [1 0 0; 0 1 0; 0 0 1]
        @test slope(a -> N.svd(a)[2], m)
        @test size.(N.svd(m; full = true)) == ((2, 2), (2,), (3, 3))
        @test slope(N.qr, m) && slope(N.qr, permutedims(m)) && slope(N.qr, s3[1, :, :])
        @test slope(a -> N.qr(a; full = true)[2], permutedims(m))
        @test sort(N.roots([1.0, -6, 11, -6])) ≈ [1, 2, 3]
        @test slope(p -> sort(real(N.roots(p))), [1.0, -6, 11, -6])
        @test N.convolve([1, 2, 3], [0, 1]) == [0, 1, 2, 3]
        @test N.convolve([1, 2, 3], [0, 1], :same) == [0, 1, 2] && N.convolve([1, 2, 3], [0, 1], :valid) == [1, 2]
        @test slope((a, b) -> N.convolve(a, b), m, cos.(m))
        @test N.fft([1.0, 2, 3, 4]) ≈ [10, -2 + 2im, -2, -2 - 2im]
        @test N.ifft(N.fft(x; dims = 2); dims = 2) ≈ x
        @test N.irfft(N.rfft(x; dims = 3); dims = 3) ≈ x
        @test N.irfft(N.rfft([1.0, 2, 3]); n = 3) ≈ [1, 2, 3]
        @test slope(z -> abs2.(N.fft(z; n = 5, dims = 2, norm = :ortho)), x)
        @test slope(z -> N.irfft(z .+ 0im; n = 7, dims = 3), x)
        @test N.logaddexp(0.0, 0.0) ≈ log(2) && N.logaddexp(-Inf, -Inf) == -Inf
        @test slope((a, b) -> N.logaddexp.(a, b), m, 2m) && slope((a, b) -> N.logaddexp2.(a, b), m, 2m)
        @test N.heaviside.([-1.0, 0, 2], 0.5) == [0, 0.5, 1] && N.fmax(NaN, 1.0) == 1 && N.fmin(1.0, NaN) == 1
    end
end
