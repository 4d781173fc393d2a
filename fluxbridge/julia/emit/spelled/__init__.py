"""The spellings of the primitives in Julia: the table, and functions for those that are more than a name.

Such a function is called as ``(site, *terms, **options)`` (see :mod:`..spelling`). What Julia has no short
word for is a function of the module ``NumPy`` in FluxBridge.jl, which counts axes from 1 as Julia does.
"""
