"""The routes for people: the OpenAPI document as a page (``/docs``)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from fastapi import FastAPI, Response

from lurewatch.entrypoints.service.pages import escaped, page, shown

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_BOUNDS = (
    ("minimum", "at least {}"),
    ("exclusiveMinimum", "more than {}"),
    ("maximum", "at most {}"),
    ("exclusiveMaximum", "less than {}"),
    ("minLength", "at least {} characters"),
    ("maxLength", "at most {} characters"),
    ("minItems", "at least {}"),
    ("maxItems", "at most {}"),
    ("pattern", "matches {}"),
    ("default", "else {}"),
)
Schema = Mapping[str, Any]


def reference(document: Mapping[str, Any]) -> str:
    """An OpenAPI document as HTML: each operation by its path, with parameters, bodies, answers and their schemas."""
    info, schemas = document["info"], _schemas(document)
    parts = [f"<h1>{escaped(info['title'])} {escaped(info['version'])}</h1><p>{escaped(info.get('summary', ''))}</p>"]
    parts.append("<p>For machines: <a href='openapi.json'>openapi.json</a> (OpenAPI 3.1).</p><table>")
    for method, path, operation in _operations(document):
        link = f"<a href='#{_place(method, path)}'><code>{method.upper()} {escaped(path)}</code></a>"
        parts.append(f"<tr><td>{link}<td>{escaped(operation.get('summary', ''))}</tr>")
    parts.append("</table>")
    for path in document["paths"]:
        parts.append(f"<h2><code>{escaped(path)}</code></h2>")
        parts += [
            _operation(method, path, operation, schemas)
            for method, at, operation in _operations(document)
            if at == path
        ]
    parts.append("<h2>Schemas</h2>")
    parts += [_schema(name, schema) for name, schema in sorted(schemas.items())]
    return page(info["title"], "".join(parts))


def serve(app: FastAPI) -> None:
    """``GET /docs``; like the OpenAPI document it needs no key."""

    @app.get("/docs", include_in_schema=False)
    async def docs() -> Response:
        return shown(reference(app.openapi()))


def _operations(document: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for path, methods in document["paths"].items():
        yield from ((method, path, methods[method]) for method in _METHODS if method in methods)


def _schemas(document: Mapping[str, Any]) -> dict[str, Schema]:
    """By name: those of the document, and those with a title that an answer has in place."""
    found = dict(document.get("components", {}).get("schemas", {}))
    for _, _, operation in _operations(document):
        for answer in operation["responses"].values():
            for content in answer.get("content", {}).values():
                schema = content.get("schema", {})
                if "title" in schema and "properties" in schema:
                    found.setdefault(schema["title"], schema)
    return found


def _place(method: str, path: str) -> str:
    """Where an operation is in the page, for ``id`` and link."""
    return escaped(f"{method}{path}".replace("/", "-").replace("{", "").replace("}", ""))


def _operation(method: str, path: str, operation: Mapping[str, Any], schemas: Mapping[str, Schema]) -> str:
    parts = [f"<h3 id='{_place(method, path)}'><code>{method.upper()} {escaped(path)}</code></h3>"]
    parts.append(f"<p>{escaped(operation.get('summary', ''))}</p>")
    if "description" in operation:
        parts.append(f"<p>{escaped(operation['description'])}</p>")
    scopes = sorted({scope for needs in operation.get("security", ()) for one in needs.values() for scope in one})
    if scopes:
        parts.append(f"<p>Needs a key with the scope <code>{escaped(', '.join(scopes))}</code>.</p>")
    if operation.get("parameters"):
        parts.append("<table><tr><th>parameter<th>in<th>what</tr>")
        parts += [
            f"<tr><td><code>{escaped(one['name'])}</code><td>{escaped(one['in'])}<td>"
            f"{_told(one.get('schema', {}), one.get('description', ''), required=one.get('required', False))}</tr>"
            for one in operation["parameters"]
        ]
        parts.append("</table>")
    if "requestBody" in operation:
        parts.append("<p>Body:</p>" + _content(operation["requestBody"].get("content", {}), schemas))
    parts.append("<table><tr><th>answer<th>what</tr>")
    for status, answer in operation["responses"].items():
        told = f"{escaped(answer.get('description', ''))}{_content(answer.get('content', {}), schemas)}"
        parts.append(f"<tr><td>{escaped(status)}<td>{told}</tr>")
    parts.append("</table>")
    return "".join(parts)


def _content(content: Mapping[str, Any], schemas: Mapping[str, Schema]) -> str:
    """What a body may be, by media type, with an example if there is one."""
    parts = []
    for kind, one in content.items():
        schema = one.get("schema", {})
        parts.append(f"<p><code>{escaped(kind)}</code>: {_kind(schema)}</p>")
        named = schemas.get(str(schema.get("$ref", "")).rpartition("/")[2], {})
        examples = [one["example"]] if "example" in one else [x["value"] for x in one.get("examples", {}).values()]
        parts += map(_pre, examples or _examples(schema) or _examples(named))
    return "".join(parts)


def _examples(schema: Schema) -> list[Any]:
    return [schema["example"]] if "example" in schema else list(schema.get("examples", ()))


def _schema(name: str, schema: Schema) -> str:
    parts = [f"<h3 id='schema-{escaped(name)}'>{escaped(name)}</h3><p>{escaped(schema.get('description', ''))}</p>"]
    if "properties" not in schema:
        return "".join((*parts, f"<p>{_kind(schema)}</p>"))
    parts.append("<table><tr><th>field<th>what</tr>")
    required = schema.get("required", ())
    parts += [
        f"<tr><td><code>{escaped(field)}</code><td>"
        f"{_told(one, one.get('description', ''), required=field in required)}</tr>"
        for field, one in schema["properties"].items()
    ]
    return "".join((*parts, "</table>"))


def _told(schema: Schema, description: str, *, required: bool) -> str:
    parts = [_kind(schema), "must be there" if required else "", escaped(description)]
    return "; ".join(part for part in parts if part)


def _kind(schema: Schema) -> str:
    """What a value is, in a few words of HTML; a schema with a name is a link to it."""
    if "$ref" in schema or ("title" in schema and "properties" in schema):
        name = escaped(str(schema.get("$ref", "")).rpartition("/")[2] or schema["title"])
        return f"<a href='#schema-{name}'>{name}</a>"
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            word = " and " if several == "allOf" else " or "
            return word.join(map(_kind, schema[several])) + _bounds(schema)
    if "const" in schema or "enum" in schema:
        values = schema.get("enum", [schema.get("const")])
        return " or ".join(f"<code>{escaped(json.dumps(value))}</code>" for value in values) + _bounds(schema)
    kind = schema.get("type", "anything")
    told = escaped(" or ".join(kind) if isinstance(kind, list) else kind)
    if "format" in schema:
        told += f" ({escaped(schema['format'])})"
    if isinstance(schema.get("items"), Mapping):
        told += f" of {_kind(schema['items'])}"
    if "properties" in schema:
        fields = (f"<code>{escaped(name)}</code> ({_kind(one)})" for name, one in schema["properties"].items())
        told += f" with {', '.join(fields)}"
    return told + _bounds(schema)


def _bounds(schema: Schema) -> str:
    told = [words.format(_value(schema[name])) for name, words in _BOUNDS if name in schema]
    return "".join(f", {escaped(one)}" for one in told)


def _value(value: object) -> str:
    """A value as JSON; a bound of whole numbers, which may stand as 1.0, as one."""
    return json.dumps(int(value) if isinstance(value, float) and value.is_integer() else value, ensure_ascii=False)


def _pre(value: object) -> str:
    return f"<pre>{escaped(json.dumps(value, indent=2, ensure_ascii=False))}</pre>"
