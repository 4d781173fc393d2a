using FluxBridge, Test
using FluxBridge: PyFunction, Tangent, VJP, Zygote, c_order, define, element_type, gradients, like, operations,
    reordered, seed, tojulia, topy, user_frames
using FluxBridge.PythonCall: Py, pyconvert, pydict, pyeval, pyfunc, pyimport, pytuple, pylist, pyexec

# The hooks that the Python half gives; fluxbridge itself is not needed here.
space = pydict()
pyexec("""
import numpy as np
class JuliaObject:
    def __init__(self, value): self._value = value
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
    is_tracer=lambda x: False, make_error=make_error, numpy=np, plain_array=lambda x: x.astype(float),
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
end
