"""What the HTTP face can be asked for, as programs read it: OpenAPI 3.1, from the shapes that decode the arguments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping

_REF = "#/components/schemas/{name}"
_ANSWERS: dict[str, Any] = {
    "200": {"description": "It was done.", "content": {"application/json": {}}},
    "default": {
        "description": "It was not done; the sentence says why.",
        "content": {"application/json": {"schema": {"$ref": _REF.format(name="Error")}}},
    },
}
_ERROR = {
    "type": "object",
    "properties": {"error": {"type": "string"}, "exit_code": {"type": "integer"}, "hint": {"type": "string"}},
    "required": ["error", "exit_code", "hint"],
}


def document(requests: Mapping[str, tuple[type[msgspec.Struct], Any, str]], version: str) -> dict[str, Any]:
    """The description of all requests.

    Args:
        requests: By name the shape of the arguments, what does it, and what it changes: nothing, or words for it.
        version: Of the program.
    """
    shapes = list(dict.fromkeys(shape for shape, _, _ in requests.values()))
    references, components = msgspec.json.schema_components(shapes, ref_template=_REF)
    names = {shape: found["$ref"].rpartition("/")[2] for shape, found in zip(shapes, references, strict=True)}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Trinity", "version": version},
        "paths": {
            f"/{name}": _path(name, components[names[shape]], handler.__doc__ or "", is_change=bool(changes))
            for name, (shape, handler, changes) in requests.items()
        },
        "components": {
            "schemas": {**components, "Error": _ERROR},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"token": []}],
    }


def _path(name: str, shape: dict[str, Any], summary: str, *, is_change: bool) -> dict[str, Any]:
    head: dict[str, Any] = {"operationId": name.replace("/", "_"), "summary": summary.partition("\n")[0]}
    if is_change:
        content = {"application/json": {"schema": shape}}
        return {"post": {**head, "requestBody": {"required": True, "content": content}, "responses": _ANSWERS}}
    required = set(shape.get("required", []))
    parameters = [
        {"name": key, "in": "query", "required": key in required, "schema": schema}
        for key, schema in shape.get("properties", {}).items()
    ]
    return {"get": {**head, "parameters": parameters, "responses": _ANSWERS}}
