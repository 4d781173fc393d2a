# Asks the real Flux and its libraries for what tests/reference/flux_0.16.10.jsonl does not hold: the rest of
# NNlib, MLUtils and Functors. The encoding and the keys are the same.
#
#   julia --project=PROJECT julia/record_flux_more.jl [ANSWERS.jsonl]
#
# PROJECT must have Flux, NNlib, MLUtils, Functors, Zygote.

using Flux, NNlib, MLUtils, Functors, Random
import Zygote
using LinearAlgebra
include("record_encoding.jl")

encode(x::AbstractString) = ["string" => x]
encode(x::Symbol) = ["symbol" => string(x)]
encode(x::AbstractArray{<:Integer}) = ["type" => "Array{Int64}", "shape" => collect(Int, size(x)), "array" => rows(x)]
encode(x::AbstractArray{Bool}) = ["type" => "Array{Bool}", "shape" => collect(Int, size(x)), "array" => rows(x)]

"Numbers of this shape, known to everybody; `i` tells several inputs apart."
v(i, shape...) = reshape([round(1.2 * sin(0.7k + 0.013k^2 + 0.5i); digits = 4) for k in 1:prod(shape)], shape)
f32(x) = Float32.(x)
weights(y) = reshape([round(sin(0.9k + 0.5) + 0.3; digits = 4) for k in 1:length(y)], size(y))
loss(y::Number) = y
loss(y::AbstractArray) = sum(weights(y) .* y)
loss(y::Tuple) = sum(loss, y)
Zygote.@nograd weights

# (name, source, inputs): those named d… are differentiated
const CASES = [
    # windows
    ("unfold 1d", "NNlib.unfold(x, (3, 2, 1))", (dx = v(1, 7, 2, 2),)),
    ("unfold 2d", "NNlib.unfold(x, (3, 2, 2, 1); stride = (2, 1), pad = (1, 0, 2, 1), dilation = (1, 2))", (dx = v(2, 6, 7, 2, 2),)),
    ("unfold turned", "NNlib.unfold(x, (2, 3, 2, 1); flipped = false)", (dx = v(3, 4, 5, 2, 1),)),
    ("unfold 3d", "NNlib.unfold(x, (2, 2, 2, 1, 1); pad = 1)", (dx = v(4, 3, 2, 2, 1, 2),)),
    ("fold 1d", "NNlib.fold(y, (7, 2, 2), (3, 2, 1))", (dy = v(1, 5, 6, 2),)),
    ("fold 2d", "NNlib.fold(y, (5, 4, 2, 2), (3, 2, 2, 1); stride = (2, 1), pad = (1, 0, 2, 1), flipped = false)", (dy = v(2, 12, 12, 2),)),
    ("fold Float32", "NNlib.fold(y, (4, 1, 1), (2, 1, 1); stride = 2)", (dy = f32(v(3, 2, 2, 1)),)),
    # sampling, rotation
    ("grid_sample zeros", "grid_sample(x, g; padding_mode = :zeros)", (dx = v(1, 4, 3, 2, 2), dg = v(2, 2, 3, 4, 2))),
    ("grid_sample border", "grid_sample(x, g; padding_mode = :border)", (dx = v(1, 4, 3, 2, 2), dg = v(2, 2, 3, 4, 2))),
    ("grid_sample Float32", "grid_sample(x, g; padding_mode = :zeros)", (dx = f32(v(3, 3, 3, 1, 1)), dg = f32(v(4, 2, 2, 2, 1)))),
    ("grid_sample 5d", "grid_sample(x, g; padding_mode = :zeros)", (dx = v(1, 4, 3, 2, 2, 2), dg = v(2, 3, 2, 2, 3, 2))),
    ("grid_sample 5d border", "grid_sample(x, g; padding_mode = :border)", (dx = v(1, 4, 3, 2, 1, 1), dg = v(2, 3, 2, 2, 2, 1))),
    ("grid_sample on pixels", "grid_sample(x, g; padding_mode = :border)", (dx = v(1, 3, 3, 1, 1), dg = reshape([-1.0, -1, 0, 0, 1, 1, 2, 0], 2, 2, 2, 1))),
    ("imrotate", "imrotate(x, 0.7)", (dx = v(1, 5, 4, 2, 2),)),
    ("imrotate nearest", "imrotate(x, 0.7; method = :nearest)", (dx = v(1, 5, 4, 2, 1),)),
    ("imrotate centre", "imrotate(x, -1.2; rotation_center = (2, 3.5))", (dx = v(2, 4, 5, 1, 2),)),
    ("imrotate Float32", "imrotate(x, 2.5)", (dx = f32(v(2, 4, 4, 1, 1)),)),
    ("imrotate right angle odd", "imrotate(x, π / 2)", (dx = v(3, 3, 3, 1, 1),)),
    ("imrotate right angle even", "imrotate(x, π / 2; rotation_center = (2.5, 2.5))", (dx = v(3, 4, 4, 1, 1),)),
    ("imrotate three right angles", "imrotate(x, 3π / 2; rotation_center = (2.5, 2.5))", (dx = v(3, 4, 4, 1, 1),)),
    ("imrotate turned round", "imrotate(x, π; rotation_center = (2.5, 3.5))", (dx = v(3, 4, 6, 1, 1),)),
    ("imrotate zero", "imrotate(x, 0)", (dx = v(3, 3, 2, 1, 1),)),
    ("imrotate about a corner", "imrotate(x, π / 2; rotation_center = (1, 1))", (dx = v(3, 3, 3, 1, 1),)),
    # sound
    ("hann_window", "hann_window(7)", (;)), ("hann_window symmetric", "hann_window(6, Float64; periodic = false)", (;)),
    ("hamming_window", "hamming_window(5, Float64)", (;)), ("hamming_window own", "hamming_window(5, Float64; α = 0.6, β = 0.4)", (;)),
    ("melscale_filterbanks", "melscale_filterbanks(; n_freqs = 33, n_mels = 4, sample_rate = 8000)", (;)),
    ("melscale_filterbanks range", "melscale_filterbanks(; n_freqs = 20, n_mels = 3, sample_rate = 4000, fmin = 100f0, fmax = 1500f0)", (;)),
    ("power_to_db", "NNlib.power_to_db(s)", (s = abs.(v(1, 3, 4)),)), ("power_to_db top", "NNlib.power_to_db(s; top_db = 5f0, ref = 2f0)", (s = abs.(v(1, 3, 4)),)),
    ("db_to_power", "NNlib.db_to_power(s)", (s = 10 .* v(2, 3, 2),)),
    # cotangents
    ("∇conv_data", "NNlib.∇conv_data(y, w, DenseConvDims((5, 4, 2, 2), (3, 2, 2, 3); stride = 2, padding = 1))", (dy = v(1, 3, 3, 3, 2), dw = v(2, 3, 2, 2, 3))),
    ("∇conv_filter", "NNlib.∇conv_filter(x, y, DenseConvDims((5, 4, 2, 2), (3, 2, 2, 3); stride = 2, padding = 1))", (dx = v(3, 5, 4, 2, 2), dy = v(1, 3, 3, 3, 2))),
    ("∇depthwiseconv_data", "NNlib.∇depthwiseconv_data(y, w, DepthwiseConvDims((4, 3, 2, 1), (2, 2, 3, 2)))", (y = v(1, 3, 2, 6, 1), w = v(2, 2, 2, 3, 2))),
    ("∇depthwiseconv_filter", "NNlib.∇depthwiseconv_filter(x, y, DepthwiseConvDims((4, 3, 2, 1), (2, 2, 3, 2)))", (x = v(3, 4, 3, 2, 1), y = v(1, 3, 2, 6, 1))),
    ("depthwiseconv dims", "depthwiseconv(x, w, DepthwiseConvDims((4, 3, 2, 1), (2, 2, 3, 2)))", (dx = v(3, 4, 3, 2, 1), dw = v(2, 2, 2, 3, 2))),
    ("conv dims", "conv(x, w, DenseConvDims((5, 4, 4, 2), (3, 2, 2, 6); stride = (2, 1), padding = (1, 0, 1, 1), groups = 2, flipkernel = true))", (dx = v(3, 5, 4, 4, 2), dw = v(2, 3, 2, 2, 6))),
    ("∇maxpool", "NNlib.∇maxpool(y, maxpool(x, PoolDims(x, 2)), x, PoolDims(x, 2))", (y = v(1, 2, 2, 1, 2), x = v(2, 4, 5, 1, 2))),
    ("∇meanpool", "NNlib.∇meanpool(y, meanpool(x, PoolDims(x, (2, 3); stride = 1, padding = 1)), x, PoolDims(x, (2, 3); stride = 1, padding = 1))", (y = v(1, 5, 5, 1, 2), x = v(2, 4, 5, 1, 2))),
    ("∇lpnormpool", "NNlib.∇lpnormpool(y, lpnormpool(x, PoolDims(x, 2); p = 3), x, PoolDims(x, 2); p = 3)", (y = v(1, 2, 2, 1, 1), x = 1 .+ abs.(v(2, 4, 4, 1, 1)))),
    ("maxpool dilation", "maxpool(x, PoolDims(x, 2; stride = 1, dilation = 2))", (dx = v(2, 5, 4, 1, 2),)),
    ("∇softmax", "NNlib.∇softmax(y, x, softmax(x))", (y = v(1, 3, 2), x = v(2, 3, 2))),
    ("∇logsoftmax", "NNlib.∇logsoftmax(y, x, logsoftmax(x))", (y = v(1, 3, 2), x = v(2, 3, 2))),
    ("∇upsample_nearest", "NNlib.∇upsample_nearest(y, (2, 3))", (y = v(1, 4, 6, 2, 1),)),
    ("∇upsample_bilinear", "NNlib.∇upsample_bilinear(y; size = (3, 2))", (y = v(1, 6, 5, 2, 1),)),
    ("∇upsample_linear corners", "NNlib.∇upsample_linear(y; size = (3,), align_corners = false)", (y = v(1, 7, 2, 1),)),
    ("∇grid_sample", "NNlib.∇grid_sample(y, x, g; padding_mode = :border)", (y = v(3, 3, 4, 2, 2), x = v(1, 4, 3, 2, 2), g = v(2, 2, 3, 4, 2))),
    ("∇imrotate", "NNlib.∇imrotate(y, x, 0.7)", (y = v(3, 5, 4, 1, 1), x = v(1, 5, 4, 1, 1))),
    # in place, small
    ("batched_mul!", "batched_mul!(copy(c), a, b, 2.0, 3.0)", (c = v(1, 2, 4, 3), a = v(2, 2, 3, 3), b = v(3, 3, 4, 3))),
    ("softmax!", "softmax!(copy(x); dims = 2)", (x = v(1, 3, 2),)), ("logsoftmax!", "logsoftmax!(zero(x), x)", (x = v(1, 3, 2),)),
    ("scatter! max", "NNlib.scatter!(max, copy(d), s, [1, 3, 1])", (d = v(1, 2, 3), s = v(2, 2, 3))),
    ("scatter! -", "NNlib.scatter!(-, copy(d), s, [1, 3, 1])", (d = v(1, 2, 3), s = v(2, 2, 3))),
    ("gather!", "NNlib.gather!(zeros(2, 3), s, [3, 1, 3])", (s = v(2, 2, 3),)),
    ("conv_bias_act", "conv_bias_act(x, w, DenseConvDims(x, w), b, tanh)", (x = v(1, 4, 4, 2, 1), w = v(2, 2, 2, 2, 3), b = v(3, 1, 1, 3, 1))),
    ("bias_act!", "bias_act!(tanh, copy(x), b)", (x = v(1, 3, 2), b = v(2, 3))),
    ("show DenseConvDims", "repr(DenseConvDims((28, 28, 4, 8), (5, 5, 2, 16); stride = 2, groups = 2))", (;)),
    ("show PoolDims", "repr(PoolDims((28, 28, 3, 8), 2))", (;)), ("show DepthwiseConvDims", "repr(DepthwiseConvDims((8, 8, 3, 1), (2, 2, 5, 3); dilation = 2))", (;)),
    ("logaddexp", "NNlib.logaddexp.(a, b)", (a = [0.5, -Inf, -Inf, 3.0], b = [1.5, 2.0, -Inf, 3.0])),
    # data
    ("kfolds n", "kfolds(10, 4)", (;)), ("kfolds data", "[(getobs(a), getobs(b)) for (a, b) in kfolds(x; k = 3)]", (x = v(1, 2, 7),)),
    ("kfolds stratified", "[(getobs(a), getobs(b)) for (a, b) in kfolds(collect(1:9); k = 3, stratified = [1, 1, 1, 2, 2, 2, 1, 1, 1])]", (;)),
    ("leavepout", "leavepout(7, 2)", (;)), ("timeseries_kfolds", "timeseries_kfolds(11; k = 3, gap = 1, max_train_size = 3)", (;)),
    ("kfolds too many", "kfolds(3, 4)", (;)), ("leavepout too many", "leavepout(3, 2)", (;)), ("timeseries_kfolds gap", "timeseries_kfolds(6; k = 2, gap = 9)", (;)),
    ("slidingwindow", "[getobs(w) for w in slidingwindow(x; size = 3, stride = 2)]", (x = v(1, 2, 8),)),
    ("slidingwindow obsdim", "[collect(w) for w in slidingwindow(x; size = 2, obsdim = 1)]", (x = v(1, 4, 3),)),
    ("slidingwindow too large", "slidingwindow(x; size = 9)", (x = v(1, 2, 8),)),
    ("BatchView", "[b for b in BatchView(x; batchsize = 3)]", (x = v(1, 2, 7),)), ("BatchView whole", "[b for b in BatchView(x; batchsize = 3, partial = false)]", (x = v(1, 2, 7),)),
    ("BatchView two", "BatchView(x; batchsize = 2)[[1, 3]]", (x = v(1, 2, 7),)),
    ("BatchView collate", "[b for b in BatchView(x; batchsize = 2, collate = true)]", (x = v(1, 2, 4),)),
    ("joinobs", "[getobs(joinobs(x, y), i) for i in 1:5]", (x = v(1, 2, 2), y = v(2, 2, 3))),
    ("filterobs", "getobs(filterobs(o -> o[1] > 0, x))", (x = v(1, 2, 6),)),
    ("groupobs", "Dict(k => getobs(d) for (k, d) in groupobs(o -> o[1] > 0, x))", (x = v(1, 2, 6),)),
    ("mapobs auto", "mapobs(x -> 2 .* x, x)[[1, 3]]", (x = v(1, 2, 4),)), ("mapobs never", "mapobs(x -> 2 .* x, x; batched = :never)[[1, 3]]", (x = v(1, 2, 4),)),
    ("mapobs always", "mapobs(x -> 2 .* x, x; batched = :always)[2]", (x = v(1, 2, 4),)),
    ("mapobs named", "getobs(mapobs((a = sum, b = maximum), x), 3)", (x = v(1, 2, 4),)), ("mapobs field", "getobs(mapobs((a = sum, b = maximum), x).b, 2)", (x = v(1, 2, 4),)),
    ("mapobs loader", "[b for b in DataLoader(mapobs(x -> 2 .* x, x); batchsize = 2)]", (x = v(1, 2, 5),)),
    ("oversample", "getobs.(oversample(x, [1, 2, 2, 2, 1, 2, 2]; shuffle = false))", (x = v(1, 2, 7),)),
    ("oversample fraction", "map(getobs, oversample((x, [1, 1, 1, 1, 2]); fraction = 0.5, shuffle = false))", (x = v(1, 2, 5),)),
    ("undersample", "map(getobs, undersample((x, [1, 2, 2, 2, 1, 2]); shuffle = false))", (x = v(1, 2, 6),)),
    ("topk", "topk(x, 2)", (x = v(1, 4, 3),)), ("topk smallest", "topk(x, 2; dims = 2, rev = false)", (x = v(1, 3, 4),)),
    ("topk ties", "topk([3, 5, 5, 3, 1], 4)", (;)), ("topk ties smallest", "topk([3, 5, 5, 3, 1], 4; rev = false)", (;)),
    ("topk values", "topk(x, 2)[1]", (dx = v(1, 4, 3),)), ("topk too many", "topk([1, 2], 3)", (;)),
    ("batched_searchsortedfirst", "batched_searchsortedfirst(xp, x)", (xp = [1.0 2; 3 4; 5 6], x = [2.0 5; 4 1])), ("batched_searchsortedlast", "batched_searchsortedlast(xp, x)", (xp = [1.0 2; 3 4; 5 6], x = [2.0 5; 4 1])),
    ("batched_searchsortedfirst vector", "batched_searchsortedfirst([1, 3, 5], x)", (x = [2.0 5; 4 7],)), ("batched_searchsortedfirst down", "batched_searchsortedfirst([9, 5, 1], [5, 7, 0]; rev = true)", (;)),
    ("batched_searchsortedlast dims", "batched_searchsortedlast([1.0 3 5; 2 4 6], [2.0 5; 4 1]; dims = 2)", (;)),
    ("trues_like", "trues_like(x, (1, 2))", (x = v(1, 2),)), ("MLUtils.flatten", "MLUtils.flatten(x)", (dx = v(1, 2, 3, 2),)),
    ("ObsDim", "[collect(getobs(obsview(x, ObsDim(1)), i)) for i in 1:3]", (x = v(1, 3, 2),)),
    ("splitobs n", "map(collect, splitobs(10; at = (0.5, 0.3)))", (;)),
    ("make_sin", "MLUtils.Datasets.make_sin(6, 0.5, 3; noise = 0)", (;)), ("make_poly", "MLUtils.Datasets.make_poly([1.5, -2, 0.5], [0.0, 1, 2.5]; noise = 0)", (;)),
    ("make_spiral", "MLUtils.Datasets.make_spiral(4; noise = 0)", (;)), ("load_iris", "(X = load_iris(); (X[1][:, [1, 51, 150]], sum(X[1]; dims = 2), X[2][[1, 51, 150]], X[3]))", (;)),
    ("getobs!", "(b = zeros(2, 2); getobs!(b, x, [4, 1]); b)", (x = v(1, 2, 4),)),
    # trees
    ("fleaves", "fleaves((a = (1.0, 2.0), b = [3.0], c = (d = 4.0,)))", (;)), ("fmap structural walk", "fmap(x -> 2x, (1.0, (a = 2.0,)); walk = Functors.StructuralWalk())", (;)),
    ("fmap prune", "(x = [1.0]; fmap(identity, (x, x); prune = 0.0))", (;)), ("iterate walk", "collect(fmap(x -> (x^2,), (1.0, (2.0, 3.0)); walk = Functors.IterateWalk(), cache = nothing))", (;)),
    ("collect walk", "length(Functors.execute(Functors.CollectWalk(), (a = (1.0, 2.0), b = 3.0)))", (;)),
]

"One line: the case and what Julia answered."
function line((name, source, given))
    names = Symbol[Symbol(startswith(string(k), "d") && length(string(k)) == 2 ? string(k)[2:2] : string(k)) for k in keys(given)]
    differentiated = [n for (n, k) in zip(names, keys(given)) if n !== k]
    f = Core.eval(@__MODULE__, Expr(:->, Expr(:tuple, names...), Meta.parse(source)))
    head = Pair["group" => "more", "name" => name, "julia" => source, "inputs" => Pair[string(n) => encode(x) for (n, x) in zip(names, given)]]
    try
        y = Base.invokelatest(f, values(given)...)
        answer = Pair["result" => encode(y)]
        if !isempty(differentiated)
            grads = Base.invokelatest(gradient, (xs...) -> loss(f(xs...)), values(given)...)
            push!(answer, "gradient" => Pair[string(n) => encode(g) for (n, g) in zip(names, grads) if n in differentiated])
        end
        return json([head; answer])
    catch e
        return json([head; Pair["error" => string(nameof(typeof(e))), "message" => first(sprint(showerror, e), 300)]])
    end
end

function main(target = normpath(@__DIR__, "..", "tests", "reference", "flux_more_$(pkgversion(Flux)).jsonl"))
    versions = Pair[string(m) => string(pkgversion(m)) for m in (Flux, Zygote, NNlib, Functors, MLUtils)]
    header = json(Pair["recorded_with" => Pair["julia" => string(VERSION); versions]])
    write(target, join([header; map(line, CASES)], "\n") * "\n")
    println("$(length(CASES)) answers in $target")
end

abspath(PROGRAM_FILE) == @__FILE__() && main(ARGS...)
