"""The upper layers in torch, and their fitting."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import nn
from torch.nn import functional

from lurewatch_semantic.train.graph import HEADS, Tensors
from lurewatch_semantic.weights_on_disk import WIDTH

EPOCHS = 2
RATE, HEAD_RATE, DECAY, WARMING = 2e-4, 2e-3, 0.01, 100
"""Highest learning rates, weight decay, and the steps over which the rates rise; then they fall to 0."""
BATCH = 32
DROPPED = 0.1
DOUBT = 0.02
"""Labels are taken for right with so much less than certainty."""
Vectors = npt.NDArray[np.float16]


@dataclass(frozen=True, slots=True, eq=False)
class Taught:
    """Texts to learn: what the lower layers make of each (tokens, WIDTH), whether it lures, how much it counts."""

    vectors: Sequence[Vectors]
    lures: npt.NDArray[np.bool_]
    counts: npt.NDArray[np.float32]


class Layer(nn.Module):
    """One layer of BERT, without masking of padded queries, which the mean leaves out."""

    def __init__(self) -> None:
        super().__init__()
        self.query, self.key, self.value, self.noted = (nn.Linear(WIDTH, WIDTH) for _ in range(4))
        self.wide, self.narrow = nn.Linear(WIDTH, 4 * WIDTH), nn.Linear(4 * WIDTH, WIDTH)
        self.first, self.last = nn.LayerNorm(WIDTH, 1e-12), nn.LayerNorm(WIDTH, 1e-12)
        self.dropped = nn.Dropout(DROPPED)

    def forward(self, x: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """``x`` is (texts, places, WIDTH), ``mask`` is added to the attention."""
        texts, places, _ = x.shape
        parts = (part(x).view(texts, places, HEADS, -1).transpose(1, 2) for part in (self.query, self.key, self.value))
        heard = functional.scaled_dot_product_attention(*parts, attn_mask=mask)
        middle = self.first(x + self.dropped(self.noted(heard.transpose(1, 2).reshape(texts, places, WIDTH))))
        found: torch.Tensor = self.last(middle + self.dropped(self.narrow(functional.gelu(self.wide(middle)))))
        return found


NAMES = {
    "query": "attention.self.query",
    "key": "attention.self.key",
    "value": "attention.self.value",
    "noted": "attention.output.dense",
    "first": "attention.output.LayerNorm",
    "wide": "intermediate.dense",
    "narrow": "output.dense",
    "last": "output.LayerNorm",
}
"""The parts of a Layer, and what BERT calls them."""


class Upper(nn.Module):
    """The layers that are fitted, the mean over places, and one number."""

    def __init__(self, tensors: Tensors, names: Sequence[str]) -> None:
        super().__init__()
        self.names = tuple(names)
        self.layers = nn.ModuleList(Layer() for _ in names)
        for layer, name in zip(self.layers, names, strict=True):
            state = {
                f"{ours}.{kind}": torch.from_numpy(np.array(tensors[f"{name}.{theirs}.{kind}"]))
                for ours, theirs in NAMES.items()
                for kind in ("weight", "bias")
            }
            layer.load_state_dict(state)
        self.head = nn.Linear(WIDTH, 1)
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)
        self.dropped = nn.Dropout(DROPPED)

    def forward(self, x: torch.Tensor, real: torch.Tensor) -> torch.Tensor:
        """One number a text; ``real`` is (texts, places), false where a text is filled up."""
        mask = torch.zeros(real.shape).masked_fill(~real, -1e4)[:, None, None, :]
        for layer in self.layers:
            x = layer(x, mask)
        mean = (x * real[:, :, None]).sum(1) / real.sum(1, keepdim=True)
        found: torch.Tensor = self.head(self.dropped(mean))[:, 0]
        return found

    def tensors(self) -> dict[str, npt.NDArray[np.float32]]:
        """The fitted layers by the names of BERT."""
        return {
            f"{name}.{theirs}.{kind}": layer.state_dict()[f"{ours}.{kind}"].numpy()
            for layer, name in zip(self.layers, self.names, strict=True)
            for ours, theirs in NAMES.items()
            for kind in ("weight", "bias")
        }


def fit(upper: Upper, taught: Taught, told: Callable[[int, int], None] = lambda _, __: None) -> None:
    """Fit the layers; on one thread the same texts give the same weights. ``told`` hears the step, and how many."""
    groups = [
        {"params": upper.layers.parameters(), "lr": RATE},
        {"params": upper.head.parameters(), "lr": HEAD_RATE},
    ]
    optimiser = torch.optim.AdamW(groups, weight_decay=DECAY)
    schedule = [batch for epoch in range(EPOCHS) for batch in _batches(taught, epoch)]
    rates = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min(1.0, (step + 1) / WARMING) * (1 - step / len(schedule))
    )
    upper.train()
    for step, batch in enumerate(schedule):
        x, real = padded([taught.vectors[index] for index in batch])
        wanted = torch.from_numpy(np.where(taught.lures[batch], 1 - DOUBT, DOUBT).astype(np.float32))
        with torch.autocast("cpu", torch.bfloat16):
            logits = upper(x, real)
        each = functional.binary_cross_entropy_with_logits(logits.float(), wanted, reduction="none")
        optimiser.zero_grad()
        (each * torch.from_numpy(taught.counts[batch])).mean().backward()
        nn.utils.clip_grad_norm_(upper.parameters(), 1.0)
        optimiser.step()
        rates.step()
        told(step + 1, len(schedule))
    upper.eval()


def logits(upper: Upper, vectors: Sequence[Vectors]) -> npt.NDArray[np.float64]:
    """What the layers say of each text."""
    upper.eval()
    parts = (vectors[at : at + BATCH] for at in range(0, len(vectors), BATCH))
    with torch.inference_mode():
        return np.concatenate([upper(*padded(part)).double().numpy() for part in parts])


def padded(some: Sequence[Vectors]) -> tuple[torch.Tensor, torch.Tensor]:
    """Texts of different length as one tensor, and where it is real."""
    longest = max(map(len, some))
    x = np.zeros((len(some), longest, WIDTH), np.float32)
    real = np.zeros((len(some), longest), bool)
    for index, one in enumerate(some):
        x[index, : len(one)] = one
        real[index, : len(one)] = True
    return torch.from_numpy(x), torch.from_numpy(real)


def _batches(taught: Taught, epoch: int) -> Iterator[npt.NDArray[np.int64]]:
    """Texts of about one length together, for little is then filled up; in any order."""
    chance = np.random.default_rng(epoch)
    lengths = np.array([len(one) for one in taught.vectors])
    order = np.lexsort((chance.random(len(lengths)), lengths // 4))
    batches = [order[at : at + BATCH] for at in range(0, len(order), BATCH)]
    for index in chance.permutation(len(batches)):
        yield batches[index]
