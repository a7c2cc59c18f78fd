"""An explanation as lines for people. Foreign text is made harmless before it gets here or on its way."""

from __future__ import annotations

from collections.abc import Iterator

from rich.text import Text

from lurewatch.engine.emotion import EMOTIONS
from lurewatch.engine.opinion import Opinion
from lurewatch.entrypoints.explanation import Evidence, Explanation, Removal
from lurewatch.entrypoints.terminal import one_line
from lurewatch.entrypoints.underlining import Mark, underlined

_COLOURS = {"safe": "green", "suspicious": "yellow", "high": "red", "confirmed": "bold red"}
_BASES = {
    "rules": "rules",
    "wording": "the wording alone",
    "both": "rules and wording",
    "second_opinion": "the second opinion",
}
_MOST_LISTED = 8
_MOST_SHOWN = 60


def lines(explanation: Explanation, width: int) -> Iterator[Text]:
    """The whole explanation, in lines of about ``width`` cells."""
    yield from _verdict(explanation)
    for index in range(len(explanation.conversation.messages)):
        yield from _message(explanation, index, width)
    yield from _stages(explanation)
    yield from _scores(explanation)
    yield from _contributions(explanation)
    yield from _remedy(explanation)


def _verdict(explanation: Explanation) -> Iterator[Text]:
    verdict = explanation.verdict
    colour = _COLOURS[verdict.risk_level]
    belief = f"{verdict.scam_type}, threat {verdict.threat_level}" if verdict.is_scam else "no scam"
    yield Text(f"{verdict.scam_probability:g} of 100: {verdict.risk_level} ({belief})", style=colour)
    yield Text(one_line(verdict.reasoning))
    if verdict.type_basis != "none":
        yield Text(f"The type rests on {_BASES[verdict.type_basis]}; certain to {verdict.type_certainty:.0%}.")
    for decision in explanation.decisions:
        kind = f" ({decision.type})" if decision.type else ""
        yield Text(f"{decision.policy} wants: {decision.action}{kind}", style="bold")
    if verdict.first_flagged_turn is not None and verdict.message_count > 1:
        yield Text(f"A scam from message {verdict.first_flagged_turn} on.")
    if verdict.second_opinion is not None:
        yield from _opinion(verdict.second_opinion)
    if verdict.uncertain:
        yield Text("Uncertain: the text model does not know this language or kind of text; the rules decided alone.")
    if verdict.status == "partial":
        yield Text(f"Only partly read: {', '.join((*verdict.incomplete, *verdict.failed_detectors))}", style="bold")


def _opinion(opinion: Opinion) -> Iterator[Text]:
    said = f", {opinion.scam_type} at {opinion.confidence:.2f}: {opinion.reasoning}" if opinion.answered else ""
    yield Text(one_line(f"Second opinion: {opinion}{said}"))
    for quote in opinion.quotes:
        yield Text(one_line(f"  rests on “{quote}”"))


def _message(explanation: Explanation, index: int, width: int) -> Iterator[Text]:
    message = explanation.conversation.messages[index]
    numbers = {one: number for number, one in enumerate(explanation.evidence, start=1)}
    here = [one for one in explanation.evidence if one.message_index == index]
    yield Text()
    many = len(explanation.conversation.messages) > 1
    who = f" {message.sender}" if message.sender else ""
    yield _heading(one_line(f"Message {index + 1}{who}") if many else "Message")
    marks = [Mark(str(numbers[one]), one.start, one.end) for one in here]
    for line in underlined(message.text, marks, width - 2):
        text = Text("  ")
        for shown, offset in line.characters:
            marked = any(mark.start <= offset < mark.end for mark in marks)
            text.append(shown, style="underline bold" if marked else "")
        yield text
        for row in line.rows:
            yield Text(f"  {row}", style="cyan")
    for one in here:
        yield _named(numbers[one], one)
    for reading, read in explanation.readings(index).items():
        yield Text(f"  read as ({reading}): {one_line(read)}", style="dim")


def _named(number: int, one: Evidence) -> Text:
    text = one.text if len(one.text) <= _MOST_SHOWN else one.text[:_MOST_SHOWN] + "…"
    line = Text(f"  {number:>3} ", style="cyan")
    line.append(one_line(one.name), style="bold")
    line.append(one_line(f": {one.reason} “{text}”"), style="default")
    return line


def _stages(explanation: Explanation) -> Iterator[Text]:
    yield Text()
    yield _heading("Stages")
    for one in explanation.verdict.stages:
        shown = f": {one.rule}" if one.rule else ""
        yield Text(f"  {one.stage:<28}from message {one.turn}{shown}")


def _scores(explanation: Explanation) -> Iterator[Text]:
    verdict = explanation.verdict
    yield Text()
    yield _heading("Scores")
    felt = ((f"feelings: {name}", getattr(verdict.emotion, name)) for name in EMOTIONS)
    for name, score in (*verdict.breakdown.items(), *verdict.tactics.items(), *felt):
        yield Text(f"  {name:<28}{score:5.2f}  {_bar(score)}", style="" if score else "dim")


def _contributions(explanation: Explanation) -> Iterator[Text]:
    yield Text()
    yield _heading(f"Points (a scam from {explanation.threshold:g} on)")
    yield Text(f"  {'without any evidence':<40}{explanation.base:7.2f}")
    listed = list(explanation.points.items())
    for name, points in listed[:_MOST_LISTED]:
        yield Text(f"  {name:<40}{points:+7.2f}")
    if listed[_MOST_LISTED:]:
        rest = sum(points for _, points in listed[_MOST_LISTED:])
        yield Text(f"  {f'{len(listed) - _MOST_LISTED} more':<40}{rest:+7.2f}")
    yield Text(f"  {'probability':<40}{explanation.probability:7.2f}", style="bold")


def _remedy(explanation: Explanation) -> Iterator[Text]:
    if not explanation.removals:
        return
    yield Text()
    yield _heading("What would make it safe")
    for removal in explanation.removals[:_MOST_LISTED]:
        yield _removal(removal)
    sets = [found for found in (explanation.innocent, explanation.remedy) if found and len(found.without) > 1]
    for found in dict.fromkeys(sets):
        yield _removal(found)
    if explanation.remedy is None:
        yield Text("  Nothing short of another text: what is left when the evidence is cut out is flagged too.")


def _removal(removal: Removal) -> Text:
    names = " and ".join(removal.without)
    belief = "still a scam" if removal.is_scam else "no scam"
    outcome = "safe" if removal.is_safe else ", ".join([belief, *removal.decisions])
    return Text(f"  without {names}: {removal.probability:g}, {outcome}", style="green" if removal.is_safe else "")


def _heading(text: str) -> Text:
    return Text(text, style="bold")


def _bar(score: float) -> str:
    return "\N{BLACK SQUARE}" * round(score * 20)
