"""Make the weights from files of labelled rows: ``python -m lurewatch_semantic.train DATA... --base FOLDER``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from lurewatch.lab import corepack, corpus, learning
from lurewatch_semantic.train import minilm
from lurewatch_semantic.train.making import make
from lurewatch_semantic.weights_on_disk import SCALE, SHIPPED, write

_EVERY = 100


def told(step: str, done: int, total: int) -> None:
    """One line now and then."""
    if done % _EVERY == 0 or done == total:
        sys.stderr.write(f"{step}: {done} of {total}\n")


def main() -> None:
    """Read the rows, make the weights, write them."""
    parser = argparse.ArgumentParser(prog="python -m lurewatch_semantic.train", description=__doc__)
    parser.add_argument("data", nargs="+", type=Path, help="files and folders of labelled rows, as of lurewatch train")
    parser.add_argument(
        "--base", type=Path, required=True, help="folder of all-MiniLM-L6-v2: model.safetensors, vocab.txt"
    )
    parser.add_argument("--out", type=Path, default=SHIPPED, help="folder of the weights")
    parser.add_argument("--half", choices=("dev", "report", "all"), default="all", help="which rows are learned from")
    parser.add_argument("--version", default="1", help="names these weights")
    parser.add_argument("--scale", nargs=3, type=float, metavar=SCALE, help="of an earlier run, else measured")
    chosen = parser.parse_args()
    rows = list(corpus.labelled(corpus.data_files(chosen.data), chosen.half))
    lessons = learning.read(corepack.load(), rows, done=lambda done, total: told("rules", done, total))
    scale = (chosen.scale[0], chosen.scale[1], chosen.scale[2]) if chosen.scale else None
    write(chosen.out, make(minilm.load(chosen.base), lessons, chosen.version, scale, told))


if __name__ == "__main__":
    main()
