"""NNlib: the functions that neural networks are made of, as primitives with rules."""

from .activations import (
    ACTIVATIONS as ACTIVATIONS,
)
from .activations import (
    celu as celu,
)
from .activations import (
    elu as elu,
)
from .activations import (
    fast_act as fast_act,
)
from .activations import (
    gelu as gelu,
)
from .activations import (
    gelu_erf as gelu_erf,
)
from .activations import (
    gelu_sigmoid as gelu_sigmoid,
)
from .activations import (
    gelu_tanh as gelu_tanh,
)
from .activations import (
    hardsigmoid as hardsigmoid,
)
from .activations import (
    hardswish as hardswish,
)
from .activations import (
    hardtanh as hardtanh,
)
from .activations import (
    hardσ as hardσ,
)
from .activations import (
    leakyrelu as leakyrelu,
)
from .activations import (
    lisht as lisht,
)
from .activations import (
    logcosh as logcosh,
)
from .activations import (
    logsigmoid as logsigmoid,
)
from .activations import (
    logσ as logσ,
)
from .activations import (
    mish as mish,
)
from .activations import (
    relu as relu,
)
from .activations import (
    relu6 as relu6,
)
from .activations import (
    rrelu as rrelu,
)
from .activations import (
    selu as selu,
)
from .activations import (
    sigmoid as sigmoid,
)
from .activations import (
    sigmoid_fast as sigmoid_fast,
)
from .activations import (
    softplus as softplus,
)
from .activations import (
    softshrink as softshrink,
)
from .activations import (
    softsign as softsign,
)
from .activations import (
    swish as swish,
)
from .activations import (
    tanh_fast as tanh_fast,
)
from .activations import (
    tanhshrink as tanhshrink,
)
from .activations import (
    thresholdrelu as thresholdrelu,
)
from .activations import (
    trelu as trelu,
)
from .activations import (
    σ as σ,
)
from .attention import (
    dot_product_attention as dot_product_attention,
)
from .attention import (
    dot_product_attention_scores as dot_product_attention_scores,
)
from .attention import (
    make_causal_mask as make_causal_mask,
)
from .batched import (
    batched_adjoint as batched_adjoint,
)
from .batched import (
    batched_mul as batched_mul,
)
from .batched import (
    batched_transpose as batched_transpose,
)
from .batched import (
    batched_vec as batched_vec,
)
from .conv import conv as conv
from .conv import depthwiseconv as depthwiseconv
from .functions import dropout as dropout
from .functions import glu as glu
from .gather import gather as gather
from .gather import scatter as scatter
from .padding import (
    pad_circular as pad_circular,
)
from .padding import (
    pad_constant as pad_constant,
)
from .padding import (
    pad_reflect as pad_reflect,
)
from .padding import (
    pad_repeat as pad_repeat,
)
from .padding import (
    pad_symmetric as pad_symmetric,
)
from .padding import (
    pad_zeros as pad_zeros,
)
from .pooling import lpnormpool as lpnormpool
from .pooling import maxpool as maxpool
from .pooling import meanpool as meanpool
from .softmax import logsoftmax as logsoftmax
from .softmax import logsumexp as logsumexp
from .softmax import softmax as softmax
from .upsample import (
    pixel_shuffle as pixel_shuffle,
)
from .upsample import (
    upsample_bilinear as upsample_bilinear,
)
from .upsample import (
    upsample_linear as upsample_linear,
)
from .upsample import (
    upsample_nearest as upsample_nearest,
)
from .upsample import (
    upsample_trilinear as upsample_trilinear,
)
