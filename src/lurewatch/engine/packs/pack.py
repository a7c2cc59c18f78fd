"""A pack: everything the engine is told rather than taught. Parsed from bytes; whoever has the files reads them.

``survey`` reads as much as it can and lists every problem; ``parse`` raises when there is one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from lurewatch.engine.packs import learned
from lurewatch.engine.packs.conditions import Lexicon, Phrase, walk
from lurewatch.engine.packs.documents import as_mapping, line_of, read
from lurewatch.engine.packs.groups import Groups, joined, parse_exceptions, parse_stages, settled
from lurewatch.engine.packs.numbers import Calibration, Thresholds, parse_calibration, parse_thresholds
from lurewatch.engine.packs.phrases import Phrasebook, PhraseError
from lurewatch.engine.packs.rule import MODES, Complain, Path, Rule, parse_rule
from lurewatch.engine.packs.tables import Tables, parse_tables
from lurewatch.engine.packs.taxonomy import ScamType, parse_taxonomy
from lurewatch.engine.text_model import TextModel, TypeModel
from lurewatch.errors import PackError, Problem

_KEYS = frozenset({"name", "version", "rules", "allow", "description", "author", "license"})
Files = Mapping[str, bytes]
Documents = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class AllowList:
    """Values a site vouches for, as it wrote them; they are compared in normalised form."""

    email: tuple[str, ...] = ()
    phone: tuple[str, ...] = ()
    domain: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pack:
    """Rules, lexicons (concept -> phrases in every language), tables and numbers. ``hash`` names the content.

    ``stages`` (name of rules -> stage) and ``exceptions`` (concept -> names of rules) are in the rules already.
    Without a ``text_model`` the rules judge alone, and without a ``type_model`` they name the scam type alone.
    ``phrasebook`` is how the phrases were read; it follows from the rest. ``layers`` are the files it was read from
    and ``today`` (YYYY-MM-DD) the day by which rules had expired: the same of both give the same pack.
    """

    name: str
    version: str
    hash: str
    rules: tuple[Rule, ...]
    lexicons: Mapping[str, tuple[str, ...]]
    scam_types: tuple[ScamType, ...]
    tables: Tables
    thresholds: Thresholds
    calibration: Calibration
    allow: AllowList = AllowList()
    stages: Mapping[str, str] = field(default_factory=dict)
    exceptions: Groups = field(default_factory=dict)
    text_model: TextModel | None = None
    type_model: TypeModel | None = None
    phrasebook: Phrasebook = field(default_factory=Phrasebook, compare=False, repr=False)
    layers: tuple[Files, ...] = field(default=(), compare=False, repr=False)
    today: str = field(default="", compare=False, repr=False)

    def rule(self, rule_id: str) -> Rule | None:
        """The rule with this id, if there is one."""
        return next((rule for rule in self.rules if rule.id == rule_id), None)


def content_hash(*layers: Files) -> str:
    """A hex SHA-256 over names and bytes of the layers, in order."""
    digest = hashlib.sha256()
    for files in layers:
        for name in sorted(files):
            digest.update(f"{len(name)}:{name}:{len(files[name])}:".encode() + files[name])
        digest.update(b"\x00")
    return digest.hexdigest()


def documents(files: Files, problems: list[Problem]) -> dict[str, Any]:
    """Every YAML file but the tables as plain values (what a cache may keep); the tables are read by ``tables``."""
    return {
        name: read(name, data, problems)
        for name, data in sorted(files.items())
        if name.endswith(".yaml") and not name.startswith("tables/")
    }


def parse(
    core: Files,
    *overlays: Files,
    today: str = "",
    read_already: tuple[Documents, ...] | None = None,
    phrasebook: Phrasebook | None = None,
) -> Pack:
    """The pack of the core files with overlays laid over it, one after the other.

    ``today`` (YYYY-MM-DD) drops rules that expired before it. ``read_already`` gives the documents of each layer and
    ``phrasebook`` the phrases that have been translated before; both spare time and change nothing.

    Raises:
        PackError: with every problem found.
    """
    pack, problems = survey(core, *overlays, today=today, read_already=read_already, phrasebook=phrasebook)
    if problems:
        raise PackError(problems)
    return pack


def survey(
    core: Files,
    *overlays: Files,
    today: str = "",
    read_already: tuple[Documents, ...] | None = None,
    phrasebook: Phrasebook | None = None,
) -> tuple[Pack, tuple[Problem, ...]]:
    """The pack made of everything that could be read, and every problem met on the way."""
    problems: list[Problem] = []
    layers = (core, *overlays)
    layer_documents = read_already or tuple(documents(files, problems) for files in layers)
    book = phrasebook or Phrasebook()
    pack: Pack | None = None
    for files, docs in zip(layers, layer_documents, strict=True):
        layer = _Layer(files, docs, problems, book)
        pack = layer.read(pack)
    assert pack is not None  # noqa: S101 - there is always a core
    kept = [rule for rule in pack.rules if not (rule.expires and today and rule.expires < today)]
    settled_rules = [settled(rule, pack.stages, pack.exceptions) for rule in kept]
    rules = tuple(rule for rule in settled_rules if _is_sound(rule, pack, problems))
    expired = "\n".join(sorted({rule.id for rule in pack.rules} - {rule.id for rule in kept}))
    name = content_hash(*layers, {"expired": expired.encode()}) if expired else content_hash(*layers)
    return replace(pack, rules=rules, hash=name, layers=layers, today=today), tuple(problems)


class _Layer:
    """One folder of files, read on top of what lies below it."""

    def __init__(self, files: Files, docs: Documents, problems: list[Problem], phrasebook: Phrasebook) -> None:
        self._files, self._docs, self._problems, self._phrasebook = files, docs, problems, phrasebook

    def _complainer(self, name: str) -> Complain:
        def complain(path: Path, message: str, remedy: str = "") -> None:
            line = line_of(self._files[name], path) if name in self._files else 0
            self._problems.append(Problem(name, line, message, remedy))

        return complain

    def _mapping(self, name: str) -> Mapping[str, Any]:
        return as_mapping(name, self._docs.get(name), self._problems)

    def read(self, below: Pack | None) -> Pack:
        meta = self._mapping("pack.yaml")
        for key in sorted(set(meta) - _KEYS):
            self._complainer("pack.yaml")((key,), f"unknown key {key!r}", f"Write one of: {', '.join(sorted(_KEYS))}.")
        rules = {rule.id: rule for rule in below.rules} if below else {}
        own = self._rules()
        every = (*rules.values(), *own)
        self._adjust(meta, rules)
        for rule in own:
            if rule.id in rules:
                self._complainer(f"rules/{rule.category}/{rule.id}.yaml")(
                    ("id",), f"a rule {rule.id!r} exists already ({rules[rule.id].category})", "Choose another id."
                )
            rules[rule.id] = rule
        tables = parse_tables(self._under("tables/"), self._problems)
        scam_types = parse_taxonomy(self._mapping("scam_types.yaml"), self._complainer("scam_types.yaml"))
        has_numbers = {name: name in self._docs for name in ("thresholds.yaml", "fusion.yaml")}
        thresholds = parse_thresholds(self._mapping("thresholds.yaml"), self._complainer("thresholds.yaml"))
        calibration = parse_calibration(self._mapping("fusion.yaml"), self._complainer("fusion.yaml"))
        stages = parse_stages(self._mapping("stages.yaml"), every, self._complainer("stages.yaml"))
        exceptions = parse_exceptions(self._mapping("exceptions.yaml"), every, self._complainer("exceptions.yaml"))
        allow = self._allow(meta, below.allow if below else AllowList())
        tables = tables.merged(Tables(allowed_domains=frozenset(domain.lower() for domain in allow.domain)))
        return Pack(
            name=str(meta.get("name", below.name if below else "unnamed")),
            version=str(meta.get("version", below.version if below else "0")),
            hash="",
            rules=tuple(rules.values()),
            lexicons=self._lexicons(below.lexicons if below else {}),
            scam_types=(*(below.scam_types if below else ()), *scam_types),
            tables=below.tables.merged(tables) if below else tables,
            thresholds=below.thresholds if below and not has_numbers["thresholds.yaml"] else thresholds,
            calibration=below.calibration if below and not has_numbers["fusion.yaml"] else calibration,
            allow=allow,
            stages={**(below.stages if below else {}), **stages},
            exceptions=joined(below.exceptions, exceptions) if below else exceptions,
            text_model=learned.text_model(self._files, self._problems) or (below.text_model if below else None),
            type_model=learned.type_model(self._files, self._problems) or (below.type_model if below else None),
            phrasebook=self._phrasebook,
        )

    def _under(self, folder: str) -> dict[str, bytes]:
        return {name.removeprefix(folder): data for name, data in self._files.items() if name.startswith(folder)}

    def _rules(self) -> list[Rule]:
        found = []
        for name, document in self._docs.items():
            parts = name.split("/")
            if parts[0] != "rules":
                continue
            if len(parts) != 3:
                self._complainer(name)((), "a rule lies in rules/<category>/<id>.yaml", "Move the file.")
                continue
            if document is None and any(problem.file == name for problem in self._problems):
                continue  # already reported as no YAML
            rule = parse_rule(parts[1], parts[2].removesuffix(".yaml"), document, self._complainer(name))
            if rule is not None:
                found.append(rule)
        return found

    def _adjust(self, meta: Mapping[str, Any], rules: dict[str, Rule]) -> None:
        """Apply ``rules:`` of an overlay's pack.yaml: weight, mode and enabled by rule id."""
        complain = self._complainer("pack.yaml")
        changes = meta.get("rules") or {}
        if not isinstance(changes, Mapping):
            complain(("rules",), "rules is a mapping of rule ids", "Write `rules: {some_rule: {enabled: false}}`.")
            return
        for rule_id, change in changes.items():
            path: Path = ("rules", rule_id)
            if rule_id not in rules:
                complain(path, f"there is no rule {rule_id!r}", "`lurewatch rules list` names them.")
            elif not isinstance(change, Mapping) or set(change) - {"weight", "mode", "enabled"}:
                complain(path, "a rule can be given weight, mode and enabled", "")
            elif not isinstance(change.get("enabled", True), bool):
                complain((*path, "enabled"), "enabled is true or false", "")
            elif change.get("mode", "enforce") not in MODES:
                complain((*path, "mode"), f"unknown mode {change['mode']!r}", f"Write one of: {', '.join(MODES)}.")
            elif not _is_weight(change.get("weight", 1)):
                complain((*path, "weight"), f"the weight {change['weight']!r} is not a number in (0, 1]", "")
            elif not change.get("enabled", True):
                del rules[rule_id]
            else:
                old = rules[rule_id]
                weight = float(change.get("weight", old.weight))
                rules[rule_id] = replace(old, weight=weight, mode=change.get("mode", old.mode))

    def _lexicons(self, below: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        merged = {concept: list(phrases) for concept, phrases in below.items()}
        for name in self._docs:
            if not name.startswith("lexicons/"):
                continue
            complain = self._complainer(name)
            for concept, phrases in self._mapping(name).items():
                if not isinstance(phrases, list) or not all(isinstance(item, str) for item in phrases):
                    complain((concept,), f"the concept {concept!r} is a list of phrases", "Quote numbers.")
                    continue
                known = merged.setdefault(concept, [])
                for index, phrase in enumerate(phrases):
                    try:
                        self._phrasebook.translation(phrase)
                    except PhraseError as error:
                        complain((concept, index), str(error), "See docs/rules.md, 'Phrases'.")
                    else:
                        known.append(phrase)
        return {concept: tuple(phrases) for concept, phrases in merged.items() if phrases}

    def _allow(self, meta: Mapping[str, Any], below: AllowList) -> AllowList:
        complain = self._complainer("pack.yaml")
        allow = meta.get("allow") or {}
        if not isinstance(allow, Mapping) or set(allow) - {"email", "phone", "domain"}:
            complain(("allow",), "allow has the lists email, phone and domain", "")
            return below
        lists: dict[str, tuple[str, ...]] = {}
        for key, values in allow.items():
            if not isinstance(values, list) or not all(isinstance(item, str) for item in values):
                complain(("allow", key), f"allow.{key} is a list of texts", "Quote phone numbers.")
            else:
                lists[key] = (*getattr(below, key), *values)
        return replace(below, **lists)


def _is_weight(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= 1


def _is_sound(rule: Rule, pack: Pack, problems: list[Problem]) -> bool:
    """Whether everything the rule refers to exists and its phrases compile; problems are told."""
    name = f"rules/{rule.category}/{rule.id}.yaml"
    before = len(problems)
    for condition in (rule.when, *rule.unless, *rule.excuses):
        for part in walk(condition):
            if isinstance(part, Lexicon) and part.name not in pack.lexicons:
                problems.append(Problem(name, 0, f"no lexicon has the concept {part.name!r}", "Add it to a lexicon."))
            elif isinstance(part, Phrase):
                try:
                    for phrase in part.phrases:
                        pack.phrasebook.translation(phrase)
                except PhraseError as error:
                    problems.append(Problem(name, 0, str(error), "See docs/rules.md, 'Phrases'."))
    known = {scam_type.id for scam_type in pack.scam_types}
    problems.extend(
        Problem(name, 0, f"no scam type is called {scam_type!r}", "See scam_types.yaml.")
        for scam_type in rule.indicates
        if scam_type not in known
    )
    return len(problems) == before
