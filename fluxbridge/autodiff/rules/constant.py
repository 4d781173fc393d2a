"""Functions whose results do not vary with the values: shapes, types, tests, positions, indices."""

import numpy as np

from ..primitive import no_derivative

no_derivative(
    np.shape, np.ndim, np.size, np.iscomplexobj, np.isrealobj, np.result_type, np.can_cast,
    np.min_scalar_type, np.common_type, np.zeros_like, np.ones_like, np.empty_like,
    np.shares_memory, np.may_share_memory, np.iscomplex, np.isreal, np.isclose, np.allclose,
    np.array_equal, np.array_equiv, np.all, np.any, np.count_nonzero, np.nonzero, np.flatnonzero,
    np.argwhere, np.argmax, np.argmin, np.nanargmax, np.nanargmin, np.argsort, np.argpartition,
    np.lexsort, np.searchsorted, np.digitize, np.unravel_index, np.ravel_multi_index,
    np.array2string, np.array_repr, np.array_str, np.isin,
    np.isneginf, np.isposinf, np.linalg.matrix_rank,
    np.tril_indices_from, np.triu_indices_from, np.diag_indices_from, np.save, np.savetxt, np.savez,
    np.savez_compressed, np.packbits, np.unpackbits, np.busday_count, np.busday_offset, np.is_busday,
    np.datetime_as_string,
)  # fmt: skip
