"""Whether a translation computes what Julia computes: the Julia is run, and every value is compared."""
