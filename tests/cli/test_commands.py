"""The commands, run in this process over the pack we ship."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from lurewatch.entrypoints.cli import COMMANDS, GROUPS, app
from lurewatch.version import __version__

ROOT = Path(__file__).parents[2]
HARMLESS = "See you at the station at five, I will bring the umbrella"
SHARED = "Here's my number: 604-555-1234, give me a call"
"""Not a scam, but a matter for the off-platform policy."""


def run(*arguments: str, given: str | bytes = "", environment: dict[str, str] | None = None) -> Result:
    """The command with these arguments, this input and this environment."""
    return CliRunner().invoke(app, list(arguments), input=given, env=environment, prog_name="lurewatch")


def answers(result: Result) -> list[dict[str, object]]:
    """The JSON lines on standard output."""
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_nothing_flagged_is_0() -> None:
    """Harmless messages are answered, and the exit status is 0."""
    result = run("scan", "-", given=f"{HARMLESS}\n")
    assert result.exit_code == 0
    (answer,) = answers(result)
    assert answer["is_scam"] is False
    assert answer["decisions"] == []


def test_a_decision_is_1() -> None:
    """A message that is no scam but that a policy acts on is flagged."""
    result = run("scan", "-", given=f"{HARMLESS}\n{SHARED}\n")
    assert result.exit_code == 1
    assert [answer["decisions"] for answer in answers(result)] == [
        [],
        [{"policy": "off_platform", "action": "warning", "mode": "monitor"}],
    ]


def test_broken_lines_are_3() -> None:
    """A broken line is named on standard error and answered in its place, and the rest goes on."""
    lines = [
        '{"id": "a", "text": "hello"}',
        "{",
        '{"id": "c", "messages": [{"content": 5}]}',
        '{"id": "d", "text": "x"}',
    ]
    result = run("scan", "-", given="\n".join(lines))
    assert result.exit_code == 3
    first, second, third, fourth = answers(result)
    assert (first["id"], fourth["id"]) == ("a", "d")
    assert second.keys() == third.keys() == {"id", "line", "error"}
    assert (second["id"], second["line"], third["id"], third["line"]) == ("2", 2, "c", 3)
    assert "/messages/0/content" in str(third["error"])
    assert "standard input:2: " in result.stderr
    assert "standard input:3: /messages/0/content" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "given", "said"),
    [
        (["scan", "no-such-file"], "", "no-such-file cannot be read: No such file"),
        (["scan", "."], "", "cannot be read: Is a directory"),
        (["scan", "a\0b"], "", "cannot be read"),
        (["scan", "-"], "[{}]", "JSON array"),
        (["scan", "-", "--text-column", "body"], "id,text\n", "no column body"),
        (["scan", "-"], b"\x1f\x8b\x08\x00", "gzip"),
        (["scan", "-", "--jobs", "0"], "", "--jobs"),
        (["scan", "-", "--format", "xml"], "", "xml"),
        (["scan", "-", "--scam-threshold", "150"], "", "out of range"),
        (["scan", "-", "--config", "no-such.yaml"], "", "no-such.yaml"),
        (["scan", "-", "--pack", "no-such-pack"], "", "no such folder"),
        (["scan", "-", "--output", "no/such/folder/file"], "x", "cannot be written"),
        (["explain"], "", "TEXT|FILE|-"),
        (["explain", "-"], b"\xff", "UTF-8"),
        (["explain", "-"], '{"id": 1}', "text is missing"),
        (["config", "show", "--port", "http"], "", "whole number"),
    ],
)
def test_bad_usage_and_unreadable_input_is_2(arguments: list[str], given: str | bytes, said: str) -> None:
    """What cannot be started, or read at all, is an error that says what to do, and never a traceback."""
    result = run(*arguments, given=given)
    assert result.exit_code == 2, result.output
    assert said in result.stderr
    assert "Traceback" not in result.stderr


def test_an_unknown_command_suggests_the_one_that_was_meant() -> None:
    """A mistyped command is told its neighbour."""
    result = run("scna")
    assert result.exit_code == 2
    assert "Did you mean 'scan'?" in result.stderr


def test_an_answer_has_the_published_names() -> None:
    """Every name that others build on is in an answer of ``scan``, and spans point into the message as sent."""
    text = "Ｓｈａｒｅ your OTP with our officer now, or call 604-555-1234"
    (answer,) = answers(run("scan", "-", given=json.dumps({"id": "m", "text": text})))
    assert answer.keys() == {
        *("id", "scam_probability", "risk_level", "is_scam", "scam_type", "threat_level", "breakdown", "tactics"),
        *("scam_type_certainty", "scam_type_basis", "uncertain", "stage", "stages", "emotional_profile"),
        *("flags", "indicators", "decisions", "reasoning", "first_flagged_turn", "status", "versions"),
    }
    tactics, versions, flags, indicators = (answer[name] for name in ("tactics", "versions", "flags", "indicators"))
    assert isinstance(tactics, dict)
    assert isinstance(versions, dict)
    assert isinstance(flags, list)
    assert isinstance(indicators, list)
    assert set(tactics) == {"urgency", "authority", "threat", "request", "financial", "phishing"}
    assert set(versions) == {"engine", "pack", "model", "config"}
    assert flags
    for flag in flags:
        assert text[flag["start"] : flag["end"]] == flag["matched_text"]
    assert {"phone"} <= {indicator["type"] for indicator in indicators}


def test_conversations_files_and_jobs(tmp_path: Path) -> None:
    """The example conversations are answered the same by one job and by two, into a file as on standard output."""
    path = str(ROOT / "examples/conversations.jsonl")
    alone = run("scan", path)
    assert alone.exit_code == 1
    ids = [json.loads(line)["id"] for line in Path(path).read_text("utf-8").splitlines()]
    assert [answer["id"] for answer in answers(alone)] == ids
    output = tmp_path / "answers.jsonl"
    together = run("scan", path, "--jobs", "2", "--output", str(output))
    assert (together.exit_code, together.stdout) == (1, "")
    assert output.read_text("utf-8") == alone.stdout


def test_the_output_may_not_be_the_input(tmp_path: Path) -> None:
    """A file is not overwritten while it is read."""
    path = tmp_path / "messages.txt"
    path.write_text("hello\n", "utf-8")
    assert run("scan", str(path), "--output", str(path)).exit_code == 2
    assert path.read_text("utf-8") == "hello\n"


def test_csv_in_and_out() -> None:
    """A CSV goes in by its column and comes out with a row a record, broken ones too."""
    result = run("scan", "-", "--format", "csv", given=f'id,text\na,"{SHARED}"\nb\n')
    assert result.exit_code == 3
    first, second = csv.DictReader(io.StringIO(result.stdout))
    assert (first["id"], first["decisions"], first["error"]) == ("a", "off_platform:warning", "")
    assert (second["id"], second["error"][:7]) == ("3", "line 3:")


def test_the_table_is_plain_outside_a_terminal() -> None:
    """``--format table`` has a header and a line a record, without escape sequences."""
    result = run("scan", "-", "--format", "table", given=f"{SHARED}\n\x1b[31mred\n")
    lines = result.stdout.splitlines()
    assert lines[0].startswith("ID")
    assert len(lines) == 3
    assert "off_platform: warning" in lines[1]
    assert "\x1b" not in result.stdout


def test_settings_change_verdicts() -> None:
    """A flag and the environment reach the engine: policies can be switched off, limits lowered."""
    assert run("scan", "-", "--policies", "handoff", given=SHARED).exit_code == 0
    short = run("scan", "-", given=SHARED, environment={"LUREWATCH_MAX_CHARACTERS": "10"})
    assert short.exit_code == 3
    assert "at most 10" in short.stderr


def test_the_accounting_portal() -> None:
    """Under the shipped configuration the portal's own addresses may be shared, and others not."""
    config = str(ROOT / "examples/config/accounting-portal.yaml")
    texts = "Write to help@performancewest.net please\nWrite to john@gmail.com please\n"
    result = run("scan", "-", "--config", config, given=texts)
    assert [bool(answer["decisions"]) for answer in answers(result)] == [False, True]


def test_explain_shows_and_names_the_evidence() -> None:
    """The text is shown as sent with its evidence numbered, and it is said what would make it safe."""
    result = run("explain", SHARED)
    assert result.exit_code == 0
    assert f"  {SHARED}\n" in result.stdout
    assert "phone_number: " in result.stdout
    assert "“604-555-1234”" in result.stdout
    assert "read as (folded): here's my number" in result.stdout
    assert "linguistic_score" in result.stdout
    assert re.search(r"isolation +from message 1: \w+\n", result.stdout)
    assert "feelings: urgency" in result.stdout
    assert "What would make it safe" in result.stdout
    assert "\x1b" not in result.stdout


def test_explain_as_json() -> None:
    """The same as one object: the answer, the readings, the points, and a counterfactual that holds."""
    result = run("explain", "--json", SHARED)
    found = json.loads(result.stdout)
    assert found["decisions"]
    assert found["messages"][0]["text"] == SHARED
    assert found["messages"][0]["readings"]["folded"] == SHARED.lower()
    total = found["base_probability"] + sum(part["points"] for part in found["contributions"])
    assert total == pytest.approx(found["calibrated_probability"], abs=0.1)
    assert found["remedy"]["is_safe"]
    assert found["removals"]


def test_explain_a_file_and_the_input(tmp_path: Path) -> None:
    """A file or the input holds a message or a record; a conversation is shown message by message."""
    path = tmp_path / "message.txt"
    path.write_bytes(b"\xef\xbb\xbf" + SHARED.encode() + b"\r\n")
    assert run("explain", str(path)).stdout == run("explain", SHARED).stdout
    record = {"messages": [{"sender": "a", "content": "hello"}, {"sender": "b", "content": SHARED}]}
    result = run("explain", "-", given=json.dumps(record))
    assert "Message 1 a" in result.stdout
    assert "Message 2 b" in result.stdout


def test_config_show() -> None:
    """Every setting is printed with its value and where it came from; secrets are not."""
    environment = {"LUREWATCH_ERPNEXT_API_SECRET": "hush-hush", "BRAND_KEYWORDS": "acme"}
    result = run("config", "show", "--port", "9000", environment=environment)
    assert result.exit_code == 0
    assert "hush-hush" not in result.stdout
    lines = {line.split()[0]: line for line in result.stdout.splitlines()}
    assert lines["service.port"].split(maxsplit=1)[1].strip() == "9000  # flag --port"
    assert lines["policies.brand_watch.brands"].endswith('["acme"]  # variable BRAND_KEYWORDS')
    assert lines["engine.fusion"].endswith("# default")
    assert "not shown" in lines["erpnext.api_secret"]
    found = json.loads(run("config", "show", "--json", environment=environment).stdout)
    assert found["erpnext.api_secret"] == {
        "value": "(set, not shown)",
        "source": "variable LUREWATCH_ERPNEXT_API_SECRET",
    }


def test_version() -> None:
    """``version`` names what verdicts are made with, and ``--version`` the package."""
    assert run("--version").stdout.strip() == __version__
    found = json.loads(run("version", "--json").stdout)
    (answer,) = answers(run("scan", "-", given=HARMLESS))
    assert answer["versions"] == {name: found[name] for name in ("engine", "pack", "model", "config")}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(command: str) -> None:
    """``--help`` of every command works."""
    result = run(command, "--help")
    assert result.exit_code == 0
    assert f"lurewatch {command}" in result.stdout


def test_the_help_is_in_groups() -> None:
    """Every command stands once in the help, beside those for the same work, with one whole sentence."""
    shown = run("--help", environment={"COLUMNS": "200"}).stdout
    for group, names in GROUPS.items():
        part = shown.partition(group)[2].partition("╰")[0]
        lines = [line.strip("│ ") for line in part.splitlines()[1:]]
        assert [line.split()[0] for line in lines if line] == list(names)
        assert all(line.endswith(".") for line in lines if line)


def test_a_paragraph_of_the_help_is_as_wide_as_the_terminal() -> None:
    """However the text is wrapped where it was written, no line of it ends early; examples keep their lines."""
    shown = run("audit", "verify", "--help", environment={"COLUMNS": "80"}).stdout
    lines = [line.strip() for line in shown.partition("Keep the head")[2].partition("lurewatch audit")[0].splitlines()]
    assert all(len(line) > 50 for line in [one for one in lines if one][1:-1])
