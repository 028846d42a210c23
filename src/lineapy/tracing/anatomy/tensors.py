"""torch: tensors that share memory, gradients, and the graph by which ``backward`` finds the parameters."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import xxhash

from lineapy.tracing.anatomy.kind import IMMUTABLE_KIND, Kind, Parts, Unseen, drawing, no_parts

#: Elements of a tensor that are looked at besides its version counter, which writing through ``.data`` leaves as it is.
_SAMPLE = 4096


def torch_kind(torch: Any, cls: type) -> Kind | None:
    """Tensors, what computes their gradients, generators. Modules and optimizers are objects like others."""
    if issubclass(cls, torch._C.TensorBase):
        return Kind(_tensor_parts, digest=_tensor_digest, also_known_as=_memory)
    if cls in (
        torch.dtype,
        torch.device,
        torch.layout,
        torch.memory_format,
        torch.Size,
        torch.finfo,
        torch.iinfo,
    ):
        return IMMUTABLE_KIND
    if cls is torch.Generator:
        return Kind(no_parts, digest=lambda generator: generator.get_state().numpy().tobytes(), acts=drawing)
    if cls is torch.UntypedStorage:
        return Kind(no_parts, digest=lambda _: Unseen(), also_known_as=lambda storage: (storage.data_ptr(),))
    return graph_kind(cls)


def graph_kind(cls: type) -> Kind | None:
    """Nodes of the graph of a computation; their classes are made as they are needed."""
    return Kind(_node_parts) if hasattr(cls, "next_functions") else None


def _tensor_parts(tensor: Any) -> Parts:
    gradient = tensor.grad if tensor.is_leaf or tensor.retains_grad else None
    return (gradient, tensor.grad_fn, vars(tensor) if hasattr(tensor, "__dict__") else None)


def _node_parts(node: Any) -> Parts:
    earlier = tuple(function for function, _ in node.next_functions if function is not None)
    variable = getattr(node, "variable", None)
    return earlier if variable is None else (*earlier, variable)


def _memory(tensor: Any) -> Iterator[int]:
    """The address of its memory, which views and NumPy arrays of it share."""
    try:
        address = tensor.untyped_storage().data_ptr()
    except (RuntimeError, NotImplementedError):  # sparse, or without memory of its own
        return
    if address:
        yield address


def _tensor_digest(tensor: Any) -> object:
    try:
        return (
            None if tensor.is_inference() else tensor._version,
            tensor.data_ptr(),
            tensor.shape,
            tensor.requires_grad,
            _sample(tensor),
        )
    except (RuntimeError, NotImplementedError):
        return tensor._version


def _sample(tensor: Any) -> object:
    if tensor.device.type != "cpu" or not tensor.numel():
        return None
    flat = tensor.detach()
    if flat.is_conj() or flat.is_neg() or flat.is_quantized:
        return None
    flat = flat.reshape(-1) if flat.is_contiguous() else flat.flatten()
    step = -(-flat.numel() // _SAMPLE)
    if step > 1:
        flat = flat[::step].contiguous()
    torch = sys.modules["torch"]
    return xxhash.xxh3_64_intdigest(flat.view(torch.uint8).numpy())
