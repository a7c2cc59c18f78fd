"""What is kept of MiniLM as it was: the tokens that lessons use, and the lower layers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from safetensors.numpy import load_file

from lurewatch_semantic.encoder import Entrance, session
from lurewatch_semantic.pieces import Pieces
from lurewatch_semantic.train.graph import Graph, Tensors, whole_bytes
from lurewatch_semantic.weights_on_disk import MOST_TOKENS, Weights
from lurewatch_semantic.words import LONGEST, in_words

LOWER, UPPER = range(4), range(4, 6)
"""The layers that stay as they are, and those that are fitted."""
FEWEST = 3
"""A token in fewer texts is left out, and its words are read in shorter pieces."""


@dataclass(frozen=True, slots=True, eq=False)
class Base:
    """An encoder as it was trained on language at large: ``vocabulary`` and ``tensors`` by the names of BERT."""

    vocabulary: list[str]
    tensors: Tensors


def load(folder: Path) -> Base:
    """The encoder in a folder with ``vocab.txt`` and ``model.safetensors``."""
    return Base((folder / "vocab.txt").read_text("utf-8").splitlines(), load_file(folder / "model.safetensors"))


def names(layers: Iterable[int]) -> list[str]:
    """What BERT calls these layers."""
    return [f"encoder.layer.{number}" for number in layers]


def used(base: Base, wordings: Sequence[str]) -> list[int]:
    """The numbers of the tokens that are kept: those in FEWEST of the wordings, single signs, and special ones."""
    pieces = Pieces(base.vocabulary)
    met: Counter[int] = Counter()
    for wording in wordings:
        met.update(set(pieces.numbers(in_words(wording), LONGEST)))
    return [
        number
        for number, token in enumerate(base.vocabulary)
        if met[number] >= FEWEST or len(token.removeprefix("##")) == 1 or token in ("[PAD]", "[UNK]", "[CLS]", "[SEP]")
    ]


def lower(base: Base, tokens: Sequence[int]) -> Weights:
    """The weights of these tokens and of the lower layers; ``upper`` is still empty."""
    tensors = base.tensors
    table, scales = whole_bytes(tensors["embeddings.word_embeddings.weight"][tokens], 1)
    places = tensors["embeddings.position_embeddings.weight"][:MOST_TOKENS]
    first = tensors["embeddings.token_type_embeddings.weight"][:1]
    normal = [tensors[f"embeddings.LayerNorm.{kind}"][None] for kind in ("weight", "bias")]
    graph = Graph()
    for name in names(LOWER):
        graph.layer(tensors, name)
    frame = np.concatenate([places + first, *normal]).astype(np.float32)
    vocabulary = [base.vocabulary[number] for number in tokens]
    return Weights({}, vocabulary, table, scales, frame, graph.model(), b"")


def vectors(weights: Weights, wordings: Iterable[str]) -> list[npt.NDArray[np.float16]]:
    """What the lower layers make of each wording, just as they will when they are asked."""
    entrance, layers = Entrance(weights), session(weights.lower)
    return [layers.run(None, {"x": entrance.vectors(wording)})[0][0].astype(np.float16) for wording in wordings]
