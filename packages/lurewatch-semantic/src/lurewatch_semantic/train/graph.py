"""Layers of a BERT encoder as an ONNX model, weights in one byte, with the fused operators of onnxruntime.

Weights have seven bits: with eight, processors without dot products of bytes would overflow and answer differently.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from onnx import TensorProto, helper, numpy_helper

from lurewatch_semantic.weights_on_disk import WIDTH

Tensors = Mapping[str, npt.NDArray[np.float32]]
HEADS = 12
LARGEST = 64
_EPSILON = 1e-12
_OURS = "com.microsoft"
_QUERY_KEY_VALUE = ("query", "key", "value")


def whole_bytes(
    matrix: npt.NDArray[np.float32], axis: int, largest: int = 127
) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.float32]]:
    """The matrix as signed bytes up to ``largest``, and what to multiply them by: one scale for all along ``axis``."""
    scales = np.maximum(np.abs(matrix).max(axis=axis), 1e-9) / largest
    steps = np.rint(matrix / np.expand_dims(scales, axis))
    return np.clip(steps, -largest, largest).astype(np.int8), scales.astype(np.float32)


class Graph:
    """An ONNX model in the making; ``x`` comes in."""

    def __init__(self) -> None:
        self._nodes: list[Any] = []
        self._constants: list[Any] = []
        self._at = "x"

    def layer(self, tensors: Tensors, name: str) -> None:
        """One layer of attention and one of thought; ``name`` is the beginning of the names of its ``tensors``."""
        entering = self._at
        parts = [f"{name}.attention.self.{part}" for part in _QUERY_KEY_VALUE]
        weight = np.concatenate([tensors[f"{part}.weight"] for part in parts])
        bias = np.concatenate([tensors[f"{part}.bias"] for part in parts])
        mixed = self._product(entering, f"{name}.mix", weight, bias)
        three = [f"{mixed}.{part}" for part in _QUERY_KEY_VALUE]
        self._nodes.append(helper.make_node("Split", [mixed], three, axis=2, num_outputs=3))
        heard = self._node("MultiHeadAttention", three, f"{name}.heard", num_heads=HEADS)
        noted = self._linear(heard, tensors, f"{name}.attention.output.dense")
        middle = self._sum(entering, noted, tensors, f"{name}.attention.output.LayerNorm")
        wide = self._node("Gelu", [self._linear(middle, tensors, f"{name}.intermediate.dense")], f"{name}.wide")
        narrow = self._linear(wide, tensors, f"{name}.output.dense")
        self._at = self._sum(middle, narrow, tensors, f"{name}.output.LayerNorm")

    def head(self, weight: npt.NDArray[np.float32], bias: float) -> None:
        """The mean over all places, and one number of it."""
        axes = self._constant("places", np.array([1], np.int64))
        self._nodes.append(helper.make_node("ReduceMean", [self._at, axes], ["mean"], keepdims=0))
        column = self._constant("head.weight", weight.reshape(WIDTH, 1).astype(np.float32))
        offset = self._constant("head.bias", np.array([bias], np.float32))
        self._nodes.append(helper.make_node("Gemm", ["mean", column, offset], ["logit"]))
        self._at = "logit"

    def model(self) -> bytes:
        """The file; the same weights give the same bytes."""
        shape: Sequence[int | str] = [1, 1] if self._at == "logit" else [1, "places", WIDTH]
        graph = helper.make_graph(
            self._nodes,
            "layers",
            [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, "places", WIDTH])],
            [helper.make_tensor_value_info(self._at, TensorProto.FLOAT, shape)],
            self._constants,
        )
        versions = [helper.make_opsetid("", 18), helper.make_opsetid(_OURS, 1)]
        made: bytes = helper.make_model(graph, opset_imports=versions, ir_version=10).SerializeToString(
            deterministic=True
        )
        return made

    def _constant(self, name: str, array: npt.NDArray[Any]) -> str:
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def _node(self, kind: str, inputs: Sequence[str], name: str, **more: Any) -> str:
        self._nodes.append(helper.make_node(kind, inputs, [name], domain=_OURS, **more))
        return name

    def _linear(self, entering: str, tensors: Tensors, name: str) -> str:
        return self._product(entering, name, tensors[f"{name}.weight"], tensors[f"{name}.bias"])

    def _product(self, entering: str, name: str, weight: npt.NDArray[np.float32], bias: npt.NDArray[np.float32]) -> str:
        steps, scales = whole_bytes(weight.T, 0, LARGEST)
        inputs = [
            entering,
            self._constant(f"{name}.steps", steps),
            self._constant(f"{name}.scales", scales),
            self._constant(f"{name}.zeros", np.zeros(len(scales), np.int8)),
            self._constant(f"{name}.bias", bias),
        ]
        return self._node("DynamicQuantizeMatMul", inputs, name)

    def _sum(self, one: str, other: str, tensors: Tensors, name: str) -> str:
        gain = self._constant(f"{name}.gain", tensors[f"{name}.weight"])
        offset = self._constant(f"{name}.offset", tensors[f"{name}.bias"])
        return self._node("SkipLayerNormalization", [one, other, gain, offset], name, epsilon=_EPSILON)
