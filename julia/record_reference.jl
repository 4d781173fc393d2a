# Asks Zygote every case of a list and writes its answers, with the versions that gave them.
#
#   julia --project=PROJECT julia/record_reference.jl [CASES.toml [ANSWERS.jsonl]]
#
# PROJECT must have Zygote and what the list's preamble uses. By default the list is
# tests/reference/zygote_cases.toml and the answers go beside it, as zygote_VERSION.jsonl. Each case
# has a function and a tuple of arguments as Julia source (and the same in Python, which is handed
# through). tests/reference/README.md describes the encoding of the answers.

using LinearAlgebra, TOML
using Zygote

include("record_encoding.jl")

# -- the cases -------------------------------------------------------------------------------------

const OPERATORS = Dict(
    "gradient" => gradient, "withgradient" => withgradient, "jacobian" => jacobian, "hessian" => hessian,
    "diaghessian" => diaghessian, "hessian_reverse" => Zygote.hessian_reverse,
)

"The two keys with which the line of a case ends: its result, or its error and message."
function answer(case, preamble)
    m = Module()
    try
        Base.include_string(m, preamble)
        f = Base.include_string(m, case["julia"])
        xs = Base.include_string(m, case["julia_args"])
        return Pair["result" => encode(Base.invokelatest(OPERATORS[case["op"]], f, xs...))]
    catch e
        e isa LoadError && (e = e.error)
        text = first(sprint(showerror, e), 300)
        return Pair["error" => string(nameof(typeof(e))), "message" => text]
    end
end

function main(list, target)
    cases = TOML.parsefile(list)
    versions = Pair["julia" => string(VERSION), "Zygote" => string(pkgversion(Zygote))]
    header = Pair["recorded_with" => versions, "preamble_julia" => cases["preamble_julia"],
        "preamble_python" => cases["preamble_python"],
        "named_python_functions" => Pair[k => v for (k, v) in sort!(collect(cases["named_python_functions"]))],
        "cases" => "one JSON object a line below"]
    names = Set{Tuple{String,String}}()
    lines = [json(header)]
    for (k, case) in enumerate(cases["case"])
        key = (case["group"], case["name"])
        key in names && error("two cases are called $key")
        push!(names, key)
        given = Pair[n => case[n] for n in ("group", "name", "op", "julia", "julia_args", "python", "python_args")]
        push!(lines, json([given; answer(case, cases["preamble_julia"])]))
        k % 25 == 0 && println(stderr, "$k of $(length(cases["case"]))")
    end
    write(target, join(lines, "\n") * "\n")
    println("$(length(lines) - 1) answers in $target")
end

const REFERENCE = normpath(@__DIR__, "..", "tests", "reference")
const DEFAULTS = [joinpath(REFERENCE, "zygote_cases.toml"), joinpath(REFERENCE, "zygote_$(pkgversion(Zygote)).jsonl")]
main([ARGS; DEFAULTS[length(ARGS)+1:end]]...)
