"""Pages of our own: nothing is loaded for them, nothing in them runs, and what they say is escaped."""

from __future__ import annotations

import base64
import hashlib
import html

from fastapi import Response

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b1f24;"
    "background:#fff}table{border-collapse:collapse;width:100%;margin:.5rem 0}th,td{text-align:left;"
    "vertical-align:top;padding:.3rem .6rem;border-bottom:1px solid #ccd2d9}code,pre{font:14px/1.4 "
    "ui-monospace,monospace}pre{overflow:auto;padding:.8rem;background:#f3f5f7}h2{margin-top:2rem}"
)
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_HEADERS = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


def escaped(text: object) -> str:
    """A text as it may stand in a page and in its attributes."""
    return html.escape(str(text), quote=True)


def page(title: str, body: str) -> str:
    """A whole page of a body, which is HTML."""
    head = f"<meta charset='utf-8'><meta name='viewport' content='width=device-width'><title>{escaped(title)}</title>"
    return f"<!doctype html><html lang='en'><head>{head}<style>{_STYLE}</style></head><body>{body}</body></html>"


def shown(whole: str) -> Response:
    """The answer with a page."""
    return Response(whole, media_type="text/html", headers=_HEADERS)
