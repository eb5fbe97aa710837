"""The numbers a message must keep to, and how its time is written."""

from __future__ import annotations

LINE_BYTES = 128 * 1024
"""A record in the log, newline included."""
METADATA_BYTES = 16 * 1024
CONTENT_BYTES = 64 * 1024
"""Content longer than this, as encoded, travels as a blob."""
BLOB_BYTES = 64 * 1024 * 1024
MODEL_BYTES = 16 * 1024
"""What a model is shown of one message at most."""
HEAD_CHARACTERS = 200
"""What a view keeps of a content; the body is fetched on demand."""
SEEN_IDS = 65_536
"""How many recent ids a consumer or a fold remembers to drop a repeated one."""
