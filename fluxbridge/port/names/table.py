"""The table of names, as data: one line a name."""

from __future__ import annotations

#: Names of Julia whose helper in ``fluxbridge.port.base`` is called otherwise (``!`` is always ``_``).
BASE: dict[str, str] = dict(
    line.split()
    for line in """
sum sum_
abs abs_
max max_
min min_
map map_
filter filter_
round round_
any any_
all all_
float float_
complex complex_
print print_
show show_
repr repr_
zip zip_
enumerate enumerate_
Dict dict_
Set set_
in in_
Symbol symbol
range linrange
LinRange linrange
Tuple tuple_of
Matrix matrix_of
Array matrix_of
Vector matrix_of
xor xor
div int_div
CartesianIndices cartesian_indices
LinearIndices linear_indices
transpose transpose
Symmetric symmetric
UpperTriangular upper_triangular
LowerTriangular lower_triangular
Diagonal diagonal
getproperty getfield
propertynames fieldnames
isapprox isapprox
Pair Pair
open open_
tuple tuple_
getindex at
hash hash_
iterate next_of
setindex! setat
norm norm
rand rand
identity identity
isequal isequal
IdDict dict_
print_ print_
lastindex lastindex
LinearAlgebra.I I
Xoshiro xoshiro
filter! filter_in_place
map! map_in_place
reverse! reverse_in_place
unique! unique_in_place
normalize! normalize_in_place
splice! splice_in_place
""".strip().splitlines()
)

#: Functions of one number with NumPy's name, which also take whole arrays; the kind of the result.
ELEMENTWISE: dict[str, tuple[str, str]] = {
    name: (target, kind)
    for name, target, kind in (
        line.split()
        for line in """
sin np.sin float
cos np.cos float
tan np.tan float
asin np.arcsin float
acos np.arccos float
sinh np.sinh float
cosh np.cosh float
tanh np.tanh float
asinh np.arcsinh float
acosh np.arccosh float
atanh np.arctanh float
exp np.exp float
exp2 np.exp2 float
expm1 np.expm1 float
log1p np.log1p float
cbrt np.cbrt float
log np.log float
log2 np.log2 float
log10 np.log10 float
sqrt np.sqrt float
deg2rad np.deg2rad float
rad2deg np.rad2deg float
abs np.abs same
sign np.sign same
isnan np.isnan bool
isfinite np.isfinite bool
isinf np.isinf bool
relu Flux.relu same
sigmoid Flux.sigmoid float
σ Flux.σ float
softplus Flux.softplus float
gelu Flux.gelu float
elu Flux.elu float
leakyrelu Flux.leakyrelu float
swish Flux.swish float
selu Flux.selu float
tanh_fast Flux.tanh_fast float
sigmoid_fast Flux.sigmoid_fast float
logσ Flux.logσ float
logsigmoid Flux.logsigmoid float
hardtanh Flux.hardtanh float
softsign Flux.softsign float
mish Flux.mish float
""".strip().splitlines()
    )
}

#: Kinds of the results of helpers, where the name alone says it.
RESULTS: dict[str, str] = {
    name: kind
    for kind, names in {
        "nat": "length ndims count lastindex last_index sizeof nfields",
        "int": "gcd lcm isqrt factorial binomial sign_int fld cld int_div count_ones searchsortedfirst searchsortedlast numobs",  # noqa: E501
        "bool": "isempty haskey in_ all_ any_ iseven isodd isnothing issorted allunique startswith endswith occursin contains "  # noqa: E501
        "isdigit isletter isspace isuppercase islowercase issubset isdisjoint isa egal isequal isapprox issymmetric isposdef "  # noqa: E501
        "isinteger ispunct hasproperty",
        "str": "string join lpad rpad uppercase lowercase strip lstrip rstrip replace_text repr_ sprint sprintf titlecase "  # noqa: E501
        "uppercasefirst chomp bitstring randstring",
        "float": "mean_float",
        "none": "println print_ foreach printf display show_",
    }.items()
    for name in names.split()
}

#: Functions that call their first argument at once with elements of the others.
HIGHER = frozenset(
    [
        "map",
        "filter",
        "sum",
        "prod",
        "maximum",
        "minimum",
        "any",
        "all",
        "count",
        "foreach",
        "findall",
        "findfirst",
        "findlast",
        "argmax",
        "argmin",
        "findmax",
        "findmin",
        "mean",
        "mapreduce",
        "reduce",
        "foldl",
        "foldr",
        "accumulate",
        "sort",
        "sort!",
        "unique",
        "ntuple",
        "gradient",
        "jacobian",
        "hessian",
        "withgradient",
        "pullback",
        "broadcast",
        "extrema",
        "derivative",
        "mapslices",
        "get",
        "get!",
        "sortperm",
        "diaghessian",
        "fmap",
    ]
)

#: Values that a package exports and Python's mirror has under another name.
FLUX_VALUES: dict[str, str] = {
    "σ": "σ",
    "Embedding": "jl.Embedding",
    "ADAM": "Adam",
    "cpu": "cpu",
    "gpu": "gpu",
}

#: Names of Flux, MLUtils and the like for which the base module has a version that counts from 1.
SELECTED = frozenset(
    [
        "Embedding",
        "EmbeddingBag",
        "onecold",
        "onehot",
        "onehotbatch",
        "derivative",
        "getobs",
        "getobs!",
        "obsview",
        "ObsDim",
        "slidingwindow",
        "splitobs",
        "kfolds",
        "leavepout",
        "timeseries_kfolds",
        "group_indices",
        "gather",
        "gather!",
        "scatter",
        "scatter!",
        "topk",
        "imrotate",
        "batched_searchsortedfirst",
        "batched_searchsortedlast",
        "KeyPath",
        "getkeypath",
        "haskeypath",
        "trainables",
    ]
)

#: Names of Flux and its parts whose positions would be counted otherwise, so they are refused.
COUNTED = frozenset(["ctc_loss"])

#: Packages and where their names are found.
MODULES: dict[str, str] = {
    "Base": "base", "Core": "base", "LinearAlgebra": "base", "Statistics": "base", "Random": "base", "Printf": "base", "Iterators": "iterators",  # noqa: E501
    "Flux": "flux", "NNlib": "flux", "Zygote": "zygote", "Optimisers": "flux", "MLUtils": "flux", "OneHotArrays": "flux",  # noqa: E501
    "Functors": "flux", "Losses": "flux", "Optimise": "flux", "Data": "flux", "ForwardDiff": "forwarddiff", "Test": "base",  # noqa: E501
    "Markdown": "nothing", "InteractiveUtils": "nothing", "Pkg": "nothing", "ChainRulesCore": "zygote", "Math": "base",  # noqa: E501
    "MLDataDevices": "flux", "Meta": "refused", "StatsBase": "base", "Train": "flux", "Primes": "base", "DelimitedFiles": "base", "Parameters": "base",  # noqa: E501
    "Broadcast": "base", "Main": "main", "Plots": "plots", "LaTeXStrings": "plots", "MLDatasets": "datasets", "Dates": "refused",  # noqa: E501
}  # fmt: skip

#: Names of the standard library that have no counterpart, and why.
REFUSED_NAMES: dict[str, str] = {
    "MersenneTwister": "its random numbers are not made here; those of Xoshiro(seed) are",
    "download": "a download",
    "include": "translate that file, too, and put it before this one",
}

#: Packages without a counterpart, and what to use instead.
REFUSED_PACKAGES: dict[str, str] = {
    "CUDA": "arrays on graphics cards have no counterpart here",
    "cuDNN": "arrays on graphics cards have no counterpart here",
    "AMDGPU": "arrays on graphics cards have no counterpart here",
    "Metal": "arrays on graphics cards have no counterpart here",
    "DataFrames": "use pandas",
    "CSV": "use pandas.read_csv",
    "JuMP": "use scipy.optimize",
    "HiGHS": "use scipy.optimize",
    "DifferentialEquations": "use scipy.integrate.solve_ivp",
    "OrdinaryDiffEq": "use scipy.integrate.solve_ivp",
    "SciMLSensitivity": "use scipy.integrate.solve_ivp",
    "DiffEqFlux": "use scipy.integrate.solve_ivp",
    "Optimization": "use scipy.optimize.minimize",
    "Optim": "use scipy.optimize.minimize",
    "Lux": "its models are not those of Flux",
    "PlutoUI": "widgets of Pluto have no counterpart here",
    "CairoMakie": "write with matplotlib",
    "Makie": "write with matplotlib",
    "StatsPlots": "write with matplotlib",
    "JLD2": "use Flux.save and Flux.load",
    "BSON": "use Flux.save and Flux.load",
    "Images": "images have no counterpart here",
    "ImageShow": "images have no counterpart here",
    "Distributions": "use scipy.stats",
    "Enzyme": "another engine of derivatives",
    "Reactant": "another compiler",
    "ComponentArrays": "use Flux.destructure",
    "ProgressMeter": "use tqdm",
    "BenchmarkTools": "use timeit",
    "Symbolics": "use sympy",
}

#: Words of the base module that are no functions of Julia.
OWN_WORDS = frozenset(
    """
    Generator gradient new struct extend dispatch table array matrix named Text wrap shown at message fixed
    mapped gathered constructor Record add sub mul eq lt le gt ge ne bitand bitor abstract pipe
    unary assign setat colon take drop cycle flatten rest partition product repeated countfrom
    takewhile dropwhile reverse_iterator no_method typed typed_dict typed_set vector_of mixed
    MixedReals joined_along outside keywords function_name common_type joined_types entry_types
    complex_of complex_array next_of not_ hash_ written replaced_text Character Characters Substring
    Substitution ComplexInteger ComplexIntegers Imaginary Dict_ Vector_ FunctionType UnknownType
    MissingValue Factors LU QR Cholesky says_itself type_text name_of show_array
    """.split()  # noqa: SIM905
)
