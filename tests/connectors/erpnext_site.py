"""A server on loopback that keeps documents as ERPNext does, and refuses what it refuses.

Written from https://docs.frappe.io/framework/user/en/api/rest (named "REST" below), and from the published code:
frappe/exceptions.py (which status each exception has), frappe/model/base_document.py (what is checked of a document),
frappe/utils/html_utils.py (how HTML is cleaned) and frappe/website/utils.py (what the portal shows).
"""

from __future__ import annotations

import itertools
import json
import re
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, unquote, urlsplit

KEY, SECRET = "a1b2c3", "never-to-be-told"
USER = "lurewatch@portal.example"
Document = dict[str, Any]
Answer = tuple[int, dict[str, str], Any]

_REQUIRED = {"Issue": ["subject"], "Communication": ["subject"], "Comment": ["comment_type"]}
_LINKS = {"Issue": {"priority": "Issue Priority", "issue_type": "Issue Type"}}
_SHORT = ("subject",)
_CHOICES = {
    "communication_type": {"Communication", "Comment", "Chat", "Notification", "Feedback", "Automated Message"},
    "communication_medium": {"", "Email", "Chat", "Phone", "SMS", "Event", "Meeting", "Visit", "Other"},
    "sent_or_received": {"Sent", "Received"},
    "comment_type": {"Comment", "Like", "Info", "Label", "Workflow", "Assigned", "Bot"},
}
_STATUS = {
    "MandatoryError": 417,
    "LinkValidationError": 417,
    "ValidationError": 417,
    "CharacterLengthExceededError": 417,
    "AuthenticationError": 401,
    "PermissionError": 403,
    "DoesNotExistError": 404,
    "DuplicateEntryError": 409,
    "JSONDecodeError": 500,
}


class _RefusedError(Exception):
    """One of Frappe's exceptions, by its name."""


class ErpnextSite:
    """The site, its documents by type, and what it is to do wrong: ``faults``, one a request, first come first.

    A fault is an answer, or ``drop`` the connection before or ``drop after`` it was done, or ``slow``: do it, and
    answer when ``released``; "" is none.
    """

    def __init__(self) -> None:
        self.documents: dict[str, list[Document]] = {
            "Issue": [],
            "Communication": [],
            "Comment": [],
            "Issue Type": [{"name": "Compliance Alert"}],
            "Issue Priority": [{"name": "Medium"}, {"name": "High"}],
        }
        self.forbidden: set[str] = set()
        """Types that the user has no role for."""
        self.asked: list[tuple[str, str]] = []
        """Methods and types that were asked for, in order."""
        self.made: list[Document] = []
        """What was made, in order."""
        self.faults: list[Answer | str] = []
        self.released = threading.Event()
        self._numbers = itertools.count(1)
        self._changed = threading.Condition()
        self._port = 0
        self._server: ThreadingHTTPServer | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def is_up(self) -> bool:
        return self._server is not None

    def start(self) -> None:
        """Listen, where it did before."""
        self._server = ThreadingHTTPServer(("127.0.0.1", self._port), _handler(self))
        self._server.daemon_threads = True
        self._port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def stop(self) -> None:
        """Refuse connections."""
        self.released.set()
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def open_issue(self, name: str) -> None:
        """A thread that clients and advisors write in."""
        self.documents["Issue"].append({"name": name, "subject": "GST", "description": ""})

    def alerts(self) -> list[Document]:
        """The Issues that were made for administrators."""
        return [one for one in self.documents["Issue"] if one["subject"].startswith("[Compliance Alert]")]

    def portal(self, thread: str, user: str) -> list[str]:
        """What a customer sees below an Issue (frappe/website/utils.py, get_comment_list)."""
        here = [
            (doctype, one)
            for doctype in ("Comment", "Communication")
            for one in self.documents[doctype]
            if (one["reference_doctype"], one["reference_name"]) == ("Issue", thread)
        ]
        return [
            one["content"]
            for doctype, one in here
            if (one.get("published") == 1 and one["comment_type"] == "Comment" if doctype == "Comment" else False)
            or any(user in (one.get(field) or "") for field in ("recipients", "cc", "bcc"))
        ]

    def until_made(self, number: int) -> None:
        """Return when so many documents were made."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.made) >= number, 20)

    def answer(self, method: str, url: str, headers: Any, body: bytes) -> Answer | None:
        """Status, headers and content; None to drop the connection."""
        parts = urlsplit(url)
        doctype = unquote(parts.path.removeprefix("/api/resource/"))
        with self._changed:
            self._changed.notify_all()
            self.asked.append((method, doctype))
            fault = self.faults.pop(0) if self.faults else ""
            if fault == "drop":
                return None
            if isinstance(fault, tuple):
                return fault
            try:
                self._admit(headers.get("Authorization"), doctype)
                data = self._find(doctype, parts.query) if method == "GET" else self.insert(doctype, json.loads(body))
                answer: Answer = (200, {}, {"data": data})
            except _RefusedError as error:
                answer = refused(str(error))
        if fault == "slow":
            self.released.wait(20)
        return None if fault == "drop after" else answer

    def _admit(self, authorization: str | None, doctype: str) -> None:
        """REST, "Token Based Authentication"; who sends no token is a guest, and may do nothing."""
        if authorization is None:
            raise _RefusedError("PermissionError")
        if authorization != f"token {KEY}:{SECRET}":
            raise _RefusedError("AuthenticationError")
        if doctype not in self.documents:
            raise _RefusedError("DoesNotExistError")
        if doctype in self.forbidden:
            raise _RefusedError("PermissionError")

    def _find(self, doctype: str, query: str) -> list[Document]:
        """REST, "Listing Documents": filters, fields, limit_page_length."""
        asked = {name: values[0] for name, values in parse_qs(query).items()}
        try:
            filters, fields = json.loads(asked.get("filters", "[]")), json.loads(asked.get("fields", '["name"]'))
        except json.JSONDecodeError:
            raise _RefusedError("JSONDecodeError") from None
        found = [one for one in self.documents[doctype] if all(_fits(one, *condition) for condition in filters)]
        return [{field: one.get(field) for field in fields} for one in found][: int(asked.get("limit_page_length", 20))]

    def insert(self, doctype: str, document: Document) -> Document:
        """REST, "Create": the document as it is kept."""
        self._check(doctype, document)
        number = next(self._numbers)
        if doctype in ("Issue Type", "Issue Priority"):
            if document["name"] in (one["name"] for one in self.documents[doctype]):
                raise _RefusedError("DuplicateEntryError")
        else:
            document["name"] = f"ISS-2026-{number:05}" if doctype == "Issue" else f"{number:010x}"
        stored = {name: _cleaned(value) for name, value in document.items()} | {"owner": USER, "doctype": doctype}
        with self._changed:
            self.documents[doctype].append(stored)
            self.made.append(stored)
            self._changed.notify_all()
        return stored

    def _check(self, doctype: str, document: Document) -> None:
        for field in _REQUIRED.get(doctype, []):
            if not document.get(field):
                raise _RefusedError("MandatoryError")
        for field, linked in _LINKS.get(doctype, {}).items():
            if document.get(field) and not self._has(linked, document[field]):
                raise _RefusedError("LinkValidationError")
        if "reference_name" in document and not self._has(document["reference_doctype"], document["reference_name"]):
            raise _RefusedError("LinkValidationError")
        for field, choices in _CHOICES.items():
            if document.get(field) and document[field] not in choices:
                raise _RefusedError("ValidationError")
        if doctype == "Issue" and any(len(document.get(field, "")) > 140 for field in _SHORT):
            raise _RefusedError("CharacterLengthExceededError")

    def _has(self, doctype: str, name: str) -> bool:
        return any(one["name"] == name for one in self.documents[doctype])


def refused(reason: str, **headers: str) -> Answer:
    """An answer with an exception of Frappe's; its words may hold anything."""
    content = {"exc_type": reason, "exception": f"frappe.exceptions.{reason}: {SECRET} 604-555-1234"}
    return _STATUS[reason], headers, content


def _handler(site: ErpnextSite) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._answer("GET", b"")

        def do_POST(self) -> None:
            self._answer("POST", self.rfile.read(int(self.headers["Content-Length"])))

        def _answer(self, method: str, body: bytes) -> None:
            answer = site.answer(method, self.path, self.headers, body)
            self.close_connection = True
            if answer is None:
                return
            status, headers, content = answer
            raw = content if isinstance(content, bytes) else json.dumps(content).encode()
            with suppress(ConnectionError):
                self.send_response(status)
                for name, value in {"Content-Length": str(len(raw)), "Connection": "close", **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(raw)

        def log_message(self, *_: object) -> None:
            pass

    return Handler


def _fits(document: Document, field: str, operator: str, value: str) -> bool:
    here = document.get(field) or ""
    if operator == "=":
        return bool(here == value)
    assert operator == "like"
    pattern = "".join({"%": ".*", "_": "."}.get(letter, re.escape(letter)) for letter in value)
    return re.fullmatch(pattern, here, re.DOTALL | re.IGNORECASE) is not None


def _cleaned(value: Any) -> Any:
    """Version 13 takes out what looks like an encoded character; every version writes entities anew."""
    if not isinstance(value, str) or "<" not in value:
        return value
    value = re.sub(r"%[0-9]?[a-zA-Z]?", "", value)
    for entity, letter in (("&#x27;", "'"), ("&quot;", '"'), ("&#37;", "%")):
        value = value.replace(entity, letter)
    return value
