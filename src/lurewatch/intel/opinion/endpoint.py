"""One chat-completions endpoint: a request, a bounded answer, and what went wrong in our own words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import openai
import orjson

from lurewatch.intel.opinion.failure import Failure, Kind
from lurewatch.intel.opinion.model import Completion, OpinionConfig

_MOST_BYTES = 1 << 16
_SCHEMA_NAME = "second_opinion"
_BY_STATUS: dict[int, Kind] = {401: "unauthorised", 403: "unauthorised", 404: "not_found", 408: "timeout", 429: "busy"}


@dataclass(frozen=True, slots=True)
class _Dialect:
    """What an endpoint understands; each says by a status 400 what it does not, and is asked anew without it."""

    limit: str = "max_tokens"
    temperature: bool = True
    answers: str = "json_schema"

    def without(self, complaint: str) -> _Dialect | None:
        """The dialect that leaves out what the endpoint complains of; None when that is nothing we can leave out."""
        if self.limit == "max_tokens" and "max_tokens" in complaint:
            return replace(self, limit="max_completion_tokens")
        if self.temperature and "temperature" in complaint:
            return replace(self, temperature=False)
        if self.answers and any(word in complaint for word in ("response_format", "json", "schema", "grammar")):
            return replace(self, answers="json_object" if self.answers == "json_schema" else "")
        return None


class Endpoint:
    """An OpenAI-compatible endpoint. Belongs to one event loop; ``close`` it there."""

    def __init__(self, config: OpinionConfig) -> None:
        self._config = config
        self._dialect = _Dialect()
        self._client = openai.AsyncOpenAI(
            base_url=config.base_url,
            api_key=config.api_key or "none",  # without one the client would send that of OPENAI_API_KEY, to anybody
            timeout=config.timeout,
            max_retries=0,
            default_headers={"Accept-Encoding": "identity"},  # so that what is counted is what is read
        )
        # The client takes these from OPENAI_ORG_ID and OPENAI_PROJECT_ID, and would tell anybody.
        self._client.organization = self._client.project = None

    async def complete(self, system: str, user: str, schema: dict[str, Any]) -> Completion:
        """The answer to what is said to the model, by this schema where the endpoint can hold it to one.

        Raises:
            Failure: there is none, or not a whole one.
        """
        dialect = self._dialect
        while True:
            try:
                body = await self._post(system, user, self._parameters(schema, dialect))
                self._dialect = dialect
                return _completion(body)
            except openai.APIStatusError as error:
                refused = error.status_code in (400, 422)
                simpler = dialect.without(str(error.message).lower()) if refused else None
                if simpler is None:
                    raise _by_status(error.status_code) from None
                dialect = simpler
            except openai.APITimeoutError:
                raise Failure("timeout", f"no answer within {self._config.timeout:g} s") from None
            except openai.APIConnectionError:
                raise Failure("unreachable", "the endpoint cannot be reached") from None
            except UnicodeEncodeError:  # not of the texts: they hold no half characters
                raise Failure("unauthorised", "the key, or the model's name, holds signs that cannot be sent") from None
            except openai.OpenAIError as error:
                raise Failure("invalid", f"the client gave up ({type(error).__name__})") from None

    async def close(self) -> None:
        """Give the connections back."""
        await self._client.close()

    async def _post(self, system: str, user: str, parameters: dict[str, Any]) -> bytes:
        """The body of the answer, bounded."""
        messages = [{"role": "system", "content": system}, {"role": "user", "content": user}]
        body = b""
        create = self._client.chat.completions.with_streaming_response.create
        async with create(model=self._config.model, messages=messages, **parameters) as response:  # type: ignore[arg-type]
            try:
                async for chunk in response.iter_bytes():
                    body += chunk
                    if len(body) > _MOST_BYTES:
                        raise Failure("oversized", f"the answer is larger than {_MOST_BYTES} bytes")
            except (Failure, openai.OpenAIError):
                raise
            except Exception as error:  # whatever HTTP library the client uses has its own errors
                raise Failure("unreachable", f"the connection broke ({type(error).__name__})") from None
        return body

    def _parameters(self, schema: dict[str, Any], dialect: _Dialect) -> dict[str, Any]:
        parameters: dict[str, Any] = {dialect.limit: self._config.max_tokens}
        if dialect.temperature:
            parameters["temperature"] = self._config.temperature
        if dialect.answers == "json_schema":
            # Providers that hold an answer to a schema want every field required; what we read may lack some.
            strict = {**schema, "required": list(schema["properties"])}
            wanted = {"name": _SCHEMA_NAME, "strict": True, "schema": strict}
            parameters["response_format"] = {"type": "json_schema", "json_schema": wanted}
        elif dialect.answers:
            parameters["response_format"] = {"type": dialect.answers}
        return parameters


def _by_status(status: int) -> Failure:
    kind = _BY_STATUS.get(status, "failing" if status >= 500 else "rejected")
    return Failure(kind, f"the endpoint answered with status {status}")


def _completion(body: bytes) -> Completion:
    try:
        answer = orjson.loads(body)
        choice = answer["choices"][0]
        message = choice["message"]
        content, refused = message.get("content") or "", bool(message.get("refusal"))
        if not isinstance(content, str):
            raise TypeError
    except (orjson.JSONDecodeError, AttributeError, IndexError, KeyError, TypeError):
        raise Failure("not_json", "the endpoint answered something else than a chat completion") from None
    tokens = _count(answer, "prompt_tokens"), _count(answer, "completion_tokens")
    return Completion(content, str(choice.get("finish_reason")), refused, *tokens)


def _count(answer: dict[str, Any], name: str) -> int:
    usage = answer.get("usage")
    value = usage.get(name) if isinstance(usage, dict) else None
    return value if isinstance(value, int) and value >= 0 else 0
