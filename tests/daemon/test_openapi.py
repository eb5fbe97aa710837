"""What programs read about the requests: each is there, as it is asked, and nothing it names is missing."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from trinity_tui.daemon.openapi import document
from trinity_tui.daemon.requests import REQUESTS


def test_every_request_is_described_with_its_arguments() -> None:
    found = document(REQUESTS, "1.2.3")
    assert set(found["paths"]) == {f"/{name}" for name in REQUESTS}
    for name, (shape, _, changes) in REQUESTS.items():
        (method, about), *others = found["paths"][f"/{name}"].items()
        assert not others
        assert method == ("post" if changes else "get")
        assert about["summary"], name
        fields = {field.encode_name for field in msgspec.structs.fields(shape)}
        if changes:
            asked = set(about["requestBody"]["content"]["application/json"]["schema"].get("properties", {}))
        else:
            asked = {parameter["name"] for parameter in about["parameters"]}
        assert asked == fields, name


def test_what_it_refers_to_is_in_it() -> None:
    found = document(REQUESTS, "1.2.3")
    named = set(re.findall(rb'"\$ref":"#/components/schemas/([^"]+)"', msgspec.json.encode(found)))
    assert {name.decode() for name in named} <= set(found["components"]["schemas"])
    operations: list[Any] = [about["operationId"] for path in found["paths"].values() for about in path.values()]
    assert len(set(operations)) == len(operations)
