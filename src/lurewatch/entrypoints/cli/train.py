"""``lurewatch train``: a text model and a fusion from labelled rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lurewatch.entrypoints.app import build_engine
from lurewatch.entrypoints.cli.evaluate import Halves
from lurewatch.entrypoints.cli.flags import with_settings
from lurewatch.entrypoints.cli.progress import steps
from lurewatch.entrypoints.settings import Settings
from lurewatch.errors import InputError, LurewatchError

if TYPE_CHECKING:
    from lurewatch.lab.training import Learned, Part

app = typer.Typer(add_completion=False)

_Data = Annotated[
    list[Path], typer.Argument(metavar="DATA...", help="Labelled .jsonl or .jsonl.gz files, or folders of them.")
]
_Out = Annotated[Path, typer.Option("--out", "-o", metavar="FOLDER", help="Write what was learned here: a pack.")]
_Half = Annotated[Halves, typer.Option(help="Learn from rows of one half only, and keep the other to evaluate on.")]
_Version = Annotated[str, typer.Option(metavar="TEXT", help="The version that verdicts will name.")]
_Invented = Annotated[bool, typer.Option("--invented/--only-mine", help="Learn from the invented pairs we ship, too.")]
_Jobs = Annotated[int, typer.Option("--jobs", "-j", min=1, max=256, help="So many processes.")]


@app.command("train")
@with_settings("engine", "packs", "thresholds", "cache")
def train_command(  # noqa: PLR0913 - as many options as there are questions
    data: _Data,
    *,
    out: _Out,
    half: _Half = Halves.ALL,
    version: _Version = "1",
    invented: _Invented = True,
    jobs: _Jobs = 1,
    settings: Settings,
) -> None:
    """Learn a text model, its weight beside the rules, and a type model from labelled messages and conversations.

    The type model is learned from rows whose kind is a scam type. A row is {"text", "label", "kind"?, "lang"?} or
    {"id", "label", "messages": [{"sender", "text", "ts"?}]}; the label is scam, spam, ham, legit or honest. The folder
    that is written is a pack: lay it over the core pack with --pack.
    What is printed was found by models that had not seen the file's family.

    \b
    lurewatch train labelled/ --out ours/ --half dev
    lurewatch evaluate labelled/ --half report --pack ours/
    """
    try:
        from lurewatch.lab import learning  # noqa: PLC0415 - needs the extra `lab`
    except ImportError as error:
        raise LurewatchError(f"training needs {error.name}: pip install 'lurewatch[lab]'") from error
    write(out, ())  # what cannot be written is told before the work
    with steps(("reading", "fitting")) as told:
        learned = learning.from_files(
            build_engine(settings), data, learning.Choice(half.value, version, invented, jobs), told
        )
    write(out, learning.files(learned))
    for line in summary(learned):
        typer.echo(line)


def write(folder: Path, files: Iterable[tuple[str, bytes]]) -> None:
    """Write the files of a pack. Raises InputError when that cannot be done."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        written = []
        for name, content in files:
            written.append((folder / f"{name}.new", folder / name))
            written[-1][0].write_bytes(content)
        for new, place in written:  # together: a fusion without its model weighs what nobody says
            new.replace(place)
    except OSError as error:
        raise InputError(f"{folder} cannot be written: {error.strerror}.") from error


def summary(learned: Learned) -> Iterator[str]:
    """What the fits reach on each source, heard by text models that had not seen its family."""
    for part in learned.parts:
        yield from _of_part(part)
    if learned.type_model is not None and learned.type_model.about["named"]:
        about = learned.type_model.about
        yield f"scam types: {about['right']:.2%} of {about['named']} texts named right"


def _of_part(part: Part) -> Iterator[str]:
    from lurewatch.lab.training import shares  # noqa: PLC0415 - needs the extra `lab`

    for scam, title in ((True, "recall"), (False, "false positives")):
        found = shares(part, scam=scam)
        mean = sum(found.values()) / len(found) if found else 0.0
        yield f"{part.name}, {title}: mean {mean:.2%}"
        yield from (f"  {share:8.2%} {name}" for name, share in found.items())
