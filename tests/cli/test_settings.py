"""Settings: where they come from, which goes first, and what is refused."""

from __future__ import annotations

import pickle
import re
from pathlib import Path

import pytest

from lurewatch.casework.screening.nouns import DEFAULT_TENANT
from lurewatch.engine.pipeline import EngineConfig
from lurewatch.entrypoints.app import engine_config
from lurewatch.entrypoints.settings import SETTINGS, Settings, load
from lurewatch.errors import SettingsError

ROOT = Path(__file__).parents[2]
SAMPLES = {
    "fusion": ("weighted", "weighted"),
    "scam_threshold": ("62.5", 62.5),
    "regions": ("in, CA", ("IN", "CA")),
    "max_characters": ("500", 500),
    "max_messages": ("5", 5),
    "max_body": ("2048", 2048),
    "packs": ("/a,/b", (Path("/a"), Path("/b"))),
    "thresholds": ("/t.yaml", Path("/t.yaml")),
    "detectors": ("mine=0.2, other=0", (("mine", 0.2), ("other", 0.0))),
    "second_reading": ("semantic", "semantic"),
    "cache": ("/kept", Path("/kept")),
    "policies": ("handoff,off_platform", ("handoff", "off_platform")),
    "enforce": ("off_platform", ("off_platform",)),
    "brand_warning": ("Take care: {brands}", "Take care: {brands}"),
    "brand_mention": ("Look twice.", "Look twice."),
    "channels": ('[{"channel": "erpnext", "cooldown": 1}]', ({"channel": "erpnext", "cooldown": 1.0},)),
    "own_domains": ("a.example,b.example", ("a.example", "b.example")),
    "known_emails": ("help@a.example", ("help@a.example",)),
    "known_phones": ("+1 604 555 0142", ("+1 604 555 0142",)),
    "escalate_from": ("2", 2),
    "reminder": ("Stay here, please.", "Stay here, please."),
    "notice": ("We look into it.", "We look into it."),
    "brands": ("Acme, Visa", ("acme", "visa")),
    "alert_cooldown": ("2.5", 2.5),
    "api_key": ("opensesame", "opensesame"),
    "rate_limit": ("100", 100),
    "store": ("sqlite:///x.db", "sqlite:///x.db"),
    "keep": ("masked", "masked"),
    "retention": ("90", 90),
    "host": ("0.0.0.0", "0.0.0.0"),  # noqa: S104 - a sample
    "port": ("9000", 9000),
    "bus_url": ("nats://127.0.0.1:4222", "nats://127.0.0.1:4222"),
    "llm_enabled": ("yes", True),
    "llm_base_url": ("http://127.0.0.1:11434/v1/", "http://127.0.0.1:11434/v1"),
    "llm_model": ("small", "small"),
    "llm_api_key": ("key", "key"),
    "llm_timeout": ("2.5", 2.5),
    "llm_budget": ("10", 10),
    "llm_concurrency": ("2", 2),
    "llm_max_tokens": ("500", 500),
    "llm_temperature": ("0.5", 0.5),
    "erpnext_url": ("https://erp.example", "https://erp.example"),
    "erpnext_api_key": ("key", "key"),
    "erpnext_api_secret": ("secret", "secret"),
    "erpnext_issue_type": ("Bug", "Bug"),
    "erpnext_allow_http": ("yes", True),
    "erpnext_usual_priority": ("Normal", "Normal"),
    "erpnext_high_priority": ("Urgent", "Urgent"),
    "erpnext_create_missing": ("yes", True),
    "erpnext_banner": ("Comment", "Comment"),
    "erpnext_webhook_secret": ("sesame", "sesame"),
    "erpnext_fields": ("message_text=doc.body, name = id", (("message_text", "doc.body"), ("name", "id"))),
    "erpnext_own_senders": ("bot@a.example", ("bot@a.example",)),
    "erpnext_time_zone": ("Europe/Vienna", "Europe/Vienna"),
    "erpnext_tenant": ("acme", "acme"),
    "telegram_webhook_secret": ("sesame", "sesame"),
    "telegram_bot_id": ("99", 99),
    "telegram_agents": ("7, -100200", ("7", "-100200")),
    "telegram_tenant": ("acme", "acme"),
    "telegram_admin_chat": ("-100300", -100300),
    "telegram_polling": ("yes", True),
    "telegram_token": ("123:abc", "123:abc"),
    "telegram_api_url": ("http://127.0.0.1:8081", "http://127.0.0.1:8081"),
    "generic_webhook_secret": ("sesame", "sesame"),
    "generic_channel": ("market", "market"),
    "generic_tenant": ("acme", "acme"),
    "generic_fields": ("text=body", (("text", "body"),)),
    "generic_messages": ("data.items", "data.items"),
    "generic_mails": ("yes", True),
    "generic_own_senders": ("us,bot", ("us", "bot")),
    "generic_signature_header": ("X-Hub-Signature-256", "X-Hub-Signature-256"),
    "generic_signature_prefix": ("sha256=", "sha256="),
    "generic_signature_encoding": ("base64", "base64"),
    "webhooks": ('[{"name": "ops", "url": "https://a.example"}]', ({"name": "ops", "url": "https://a.example"},)),
}


def read(tmp_path: Path, text: str = "", environment: dict[str, str] | None = None, **flags: str) -> Settings:
    """Settings from a file of this text, this environment and these flags."""
    if text:
        (tmp_path / "lurewatch.yaml").write_text(text, "utf-8")
    return load(flags, environment=environment or {}, folder=tmp_path)


def refused(tmp_path: Path, text: str = "", environment: dict[str, str] | None = None, **flags: str) -> list[str]:
    """The lines of the error that these are refused with."""
    with pytest.raises(SettingsError) as error:
        read(tmp_path, text, environment, **flags)
    return str(error.value).splitlines()


def test_every_setting_has_a_sample() -> None:
    """No setting is left out of the tests below."""
    assert {setting.name for setting in SETTINGS} == set(SAMPLES)


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_environment_and_flag(setting: object, tmp_path: Path) -> None:
    """Every setting can be written in the environment under each of its names, and all but secrets as a flag."""
    name = setting.name  # type: ignore[attr-defined]
    text, value = SAMPLES[name]
    for variable in setting.variables:  # type: ignore[attr-defined]
        found = read(tmp_path, environment={variable: text})
        assert getattr(found, name) == value
        assert found.source(name) == f"variable {variable}"
    if setting.secret:  # type: ignore[attr-defined]
        assert setting.flag == ""  # type: ignore[attr-defined]
    else:
        assert getattr(read(tmp_path, **{name: text}), name) == value


def test_flag_before_environment_before_file_before_default(tmp_path: Path) -> None:
    """What is closer to the call goes first, and each value knows where it came from."""
    text = "engine: {scam_threshold: 10, max_messages: 11, max_characters: 12}"
    environment = {"LUREWATCH_SCAM_THRESHOLD": "20", "LUREWATCH_MAX_MESSAGES": "21"}
    found = read(tmp_path, text, environment, scam_threshold="30")
    assert (found.scam_threshold, found.max_messages, found.max_characters) == (30, 21, 12)
    assert found.source("scam_threshold") == "flag --scam-threshold"
    assert found.source("max_messages") == "variable LUREWATCH_MAX_MESSAGES"
    assert found.source("max_characters") == f"file {tmp_path / 'lurewatch.yaml'}"
    assert found.source("fusion") == "default"


def test_the_file_may_be_named(tmp_path: Path) -> None:
    """``--config`` goes before LUREWATCH_CONFIG, which goes before lurewatch.yaml in the folder."""
    for name, threshold in (("a.yaml", 1), ("b.yaml", 2), ("lurewatch.yaml", 3)):
        (tmp_path / name).write_text(f"engine: {{scam_threshold: {threshold}}}", "utf-8")
    environment = {"LUREWATCH_CONFIG": "b.yaml"}
    assert load(config=Path("a.yaml"), environment=environment, folder=tmp_path).scam_threshold == 1
    assert load(environment=environment, folder=tmp_path).scam_threshold == 2
    assert load(environment={}, folder=tmp_path).scam_threshold == 3


def test_a_named_file_must_be_there(tmp_path: Path) -> None:
    """A configuration file that was asked for and cannot be read is an error, not a default."""
    with pytest.raises(SettingsError, match=r"none\.yaml"):
        load(config=Path("none.yaml"), environment={}, folder=tmp_path)


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    """File problems carry file, line and key; those of the environment and the flags their names; all come together."""
    text = "\n".join(
        [
            "engine:",
            "  scam_treshold: 4",
            "  scam_threshold: 400",
            "  regions: [XX]",
            "policies: 4",
            "packs: {a: b}",
        ]
    )
    lines = refused(tmp_path, text, {"LUREWATCH_MAX_BODY": "much"}, port="99999")
    file = tmp_path / "lurewatch.yaml"
    assert lines[0] == f"{file}:2: engine.scam_treshold: unknown key. Did you mean engine.scam_threshold?"
    assert lines[1].startswith(f"{file}:3: engine.scam_threshold: 400 is out of range. Write 0 to 100")
    assert "'XX'" in lines[2]
    assert "section" in lines[3]
    assert lines[4].startswith(f"{file}:6: packs: ")
    assert lines[5].startswith("environment variable LUREWATCH_MAX_BODY: 'much'")
    assert lines[6].startswith("--port: 99999")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("engine: {fusion: magic}", "calibrated or weighted"),
        ("engine: {scam_threshold: [5]}", "not a number"),
        ("engine: {scam_threshold: true}", "not a number"),
        ("engine: {scam_threshold: .nan}", "not a number"),
        ("engine: {max_messages: 1.5}", "not a whole number"),
        ("engine: {max_messages: 0}", "out of range"),
        ("engine: {regions: [49]}", "quotes"),
        ("policies: {enabled: [nothing]}", "no policy is called 'nothing'"),
        ("policies: {off_platform: {phones: [6045550142]}}", "quotes"),
        ("policies: {off_platform: {reminder: ''}}", "empty"),
        ("policies: {brand_watch: {brands: [x]}}", "no brand"),
        ("policies: {off_platform: {notice: 'See {ticket}'}}", "{ticket} stands for nothing. There are: {reference}"),
        ("channels: {a: b}", "not a list"),
        ("channels: [5]", "number 1, 5, is not a table"),
        ("channels: [{chanel: a}]", "number 1: unknown key 'chanel'"),
        ("channels: [{channel: a}, {enforce: [nothing]}]", "number 2, enforce: no policy is called 'nothing'"),
        ("channels: [{reminder: {}}]", "number 1, reminder: the table is empty"),
        ("channels: [{reminder: {English: a}}]", "no language"),
        ("channels: '{'", "no JSON"),
        ("channels: '5'", "no list"),
        ("detectors: {mine: 1}", "less than 1"),
        ("detectors: [mine]", "table"),
        ("thresholds: 5", "not a path"),
        ("service: {port: -1}", "out of range"),
        ("llm: {enabled: perhaps}", "yes or no"),
        ("erpnext: {fields: [name]}", "table"),
        ("erpnext: {fields: {name: 5}}", "not a text"),
        ("erpnext: {fields: name}", "name=value"),
        ("generic: {fields: {text: ''}}", "empty"),
        ("telegram: {agents: [ann]}", "no id"),
        ("telegram: {webhook_secret: 'open sesame'}", "not a secret_token of 1 to 256 of A-Z"),
        (f"telegram: {{webhook_secret: {'a' * 257}}}", "_ and -. Write one."),
        ("generic: {signature_header: ''}", "empty"),
        ("llm: {base_url: 5}", "not a text"),
        ("llm: {base_url: 'ftp://a.example/v1'}", "no http or https address"),
        ("llm: {base_url: 'http:///v1'}", "no http or https address"),
        ("llm: {base_url: 'http://[/v1'}", "llm.base_url"),
        ("llm: {base_url: 'http://host:port/v1'}", "llm.base_url"),
        ("engine: {fusion: weighted, fusion: calibrated}", "stands twice"),
        ("engine: [", "no YAML"),
        ("- a", "mapping"),
        ("engine: &a {fusion: weighted}\nservice: *a", "aliases"),
    ],
)
def test_what_is_wrong_is_refused(text: str, said: str, tmp_path: Path) -> None:
    """A wrong type, an unknown name and a value out of range are each refused with what to write."""
    assert said in "\n".join(refused(tmp_path, text))


def test_paths_of_the_file_start_beside_it(tmp_path: Path) -> None:
    """A relative path in the file is relative to the file; one of a flag or variable to the working folder."""
    folder = tmp_path / "etc"
    folder.mkdir()
    (folder / "site.yaml").write_text("packs: [rules]\nthresholds: t.yaml", "utf-8")
    found = load({"cache": "kept"}, config=folder / "site.yaml", environment={}, folder=tmp_path)
    assert found.packs == (folder / "rules",)
    assert found.thresholds == folder / "t.yaml"
    assert found.cache == tmp_path / "kept"


def test_secrets_are_never_told(tmp_path: Path) -> None:
    """Neither an error about a secret nor the settings as text hold it."""
    assert "12345678" not in "\n".join(refused(tmp_path, "erpnext: {api_secret: 12345678}"))
    assert "hush" not in repr(read(tmp_path, "erpnext: {api_secret: hush, webhook_secret: hush}\nllm: {api_key: hush}"))
    assert "hush" not in "\n".join(refused(tmp_path, "telegram: {webhook_secret: 'hush!'}"))
    assert "hush" not in "\n".join(refused(tmp_path, "llm: {base_url: 'https://me:hush@a.example/v1'}"))


def test_an_empty_file_and_empty_values_mean_the_defaults(tmp_path: Path) -> None:
    """Nothing written is nothing changed."""
    assert read(tmp_path, "# nothing\nengine:\npacks: null") == Settings()


def test_the_defaults_are_those_of_the_engine() -> None:
    """Without any setting the engine is configured as it is by itself."""
    assert engine_config(Settings()) == EngineConfig()


def test_the_policies_get_their_settings(tmp_path: Path) -> None:
    """Minutes become seconds, and the published variable names of the brand monitor are honoured."""
    config = engine_config(read(tmp_path, environment={"BRAND_KEYWORDS": "acme", "ALERT_COOLDOWN_MINUTES": "10"}))
    assert config.policies.brand_watch.brands == ("acme",)
    assert config.policies.brand_watch.cooldown == 600


def test_settings_travel_between_processes() -> None:
    """Settings survive pickling, which the reload in another process needs."""
    assert pickle.loads(pickle.dumps(Settings(port=1))) == Settings(port=1)


def test_the_accounting_portal_loads() -> None:
    """The shipped configuration of the first deployment is accepted as it is, with its domains and texts."""
    found = load(config=ROOT / "examples/config/accounting-portal.yaml", environment={}, folder=ROOT)
    assert found.own_domains == ("performancewest.net", "carrierone.com")
    assert found.policies == ("off_platform",)
    assert found.erpnext_issue_type == "Compliance Alert"
    assert "$75 USD/hr" in found.reminder
    assert "compliance team" in found.notice


def test_every_setting_is_in_the_docs() -> None:
    """docs/configuration.md has a row for each setting with its key, variable, flag, range and default."""
    text = (ROOT / "docs/configuration.md").read_text("utf-8")
    for setting in SETTINGS:
        row = next((line for line in text.splitlines() if line.startswith(f"| `{setting.key}` |")), "")
        assert f"`{setting.flag}`" in row or setting.secret, setting.key
        assert setting.kind.hint in row, setting.key
        assert all(f"`{variable}`" in row for variable in setting.variables), setting.key
        assert setting.help in row, setting.key
    keys = re.findall(r"^\| `([a-z_.]+)` \|", text, re.MULTILINE)
    assert keys == [setting.key for setting in SETTINGS]


def test_connectors_write_where_everybody_does_by_default() -> None:
    """Without a tenant of its own a connector belongs to that of everything else."""
    settings = Settings()
    assert {settings.erpnext_tenant, settings.telegram_tenant, settings.generic_tenant} == {DEFAULT_TENANT}
