"""Signs bodies as the other sides do."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

SECRET = "sesame"


def frappe(payload: Mapping[str, Any], secret: str = SECRET) -> tuple[bytes, dict[str, str]]:
    """Body and headers of frappe/integrations/doctype/webhook/webhook.py: json.dumps as it is, base64, no type."""
    body = json.dumps(payload).encode()
    return body, frappe_headers(body, secret)


def frappe_headers(body: bytes, secret: str = SECRET) -> dict[str, str]:
    """The headers of any body."""
    digest = hmac.new(secret.encode(), body, hashlib.sha256).digest()
    return {"X-Frappe-Webhook-Signature": base64.b64encode(digest).decode()}
