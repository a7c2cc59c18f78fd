"""The service does what its OpenAPI document says, whatever it is asked (schemathesis).

The short form is the same requests every time. The long form, of other requests every time:

    CONFORMANCE_EXAMPLES=1000 python -m pytest -n 0 tests/security/test_conformance.py
"""

from __future__ import annotations

import os
from urllib.parse import urlsplit

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode, checks
from tests.security.house import CONTACT, OURS, House, signed
from tests.security.test_doors import SCOPES

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of the tool, about itself

SHORT = 10
LONG = int(os.environ.get("CONFORMANCE_EXAMPLES", "0"))
CHECKS = (
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.unsupported_method,
    checks.allow_header_conformance,
)


class Admitted(requests.auth.AuthBase):
    """Every request with a key, and with the signature of the platform that it claims to be."""

    def __init__(self, key: dict[str, str]) -> None:
        self._key = key

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """The request, admitted."""
        body = request.body or b""
        given = body if isinstance(body, bytes) else body.encode()
        request.headers.update(self._key | signed(urlsplit(request.url or "").path, given))
        return request


@pytest.fixture(scope="module")
def served(house: House) -> schemathesis.BaseSchema:
    """The document of the service, and something recorded to be found."""
    said = {"conversation_id": "conforms", "message": {"sender": "c@example.org", "content": CONTACT}}
    verdict = house.ask("POST", "/v1/messages", said).json()["verdict_id"]
    alert = house.ask("GET", "/v1/alerts").json()["alerts"][0]["id"]
    ids = {"verdict_id": verdict, "alert_id": alert, "conversation_id": "conforms", "subject": "c@example.org"}
    found = schemathesis.openapi.from_url(f"{house.url}/openapi.json")

    @found.hook
    def map_path_parameters(_context: schemathesis.HookContext, given: dict[str, str] | None) -> dict[str, str]:
        """Half of the ids are of something."""
        return {name: ids[name] if len(str(value)) % 2 else value for name, value in (given or {}).items()}

    return found


@pytest.mark.parametrize(("method", "path"), sorted(SCOPES))
def test_what_is_served_is_what_is_documented(
    house: House, served: schemathesis.BaseSchema, method: str, path: str
) -> None:
    """No 500, and no status, header, content type or shape that the OpenAPI document does not name."""
    admitted = Admitted(house.key(f"{OURS}.admin"))
    operation = served[path][method]
    fitting, unfitting = (operation.as_strategy(generation_mode=mode) for mode in GenerationMode)

    @given(case=fitting | unfitting)
    @settings(
        max_examples=LONG or SHORT,
        derandomize=not LONG,
        database=None,
        deadline=None,
        phases=[Phase.generate] if not LONG else list(Phase),
        suppress_health_check=list(HealthCheck),
    )
    def conforms(case: schemathesis.Case) -> None:
        case.call_and_validate(checks=CHECKS, auth=admitted, timeout=60)

    conforms()
