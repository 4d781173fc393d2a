# Errors
function safe_root(x)
    try
        x < 0 && throw(DomainError(x, "negative"))
        return sqrt(x)
    catch err
        err isa DomainError || rethrow()
        return NaN
    end
end

values = [safe_root(v) for v in [4.0, -1.0]]
