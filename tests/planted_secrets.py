"""Texts with a key, a password or a token in them: whatever keeps texts of others must hide it."""

from __future__ import annotations

SECRET = "Zx81kPq0Lw92mN47aB3c"
TEXTS = (
    f"sk-ant-api03-{SECRET}",
    f"ghp_{SECRET}{SECRET}",
    f"Authorization: Bearer {SECRET}",
    f"ANTHROPIC_API_KEY={SECRET}",
    f'"api_key": "{SECRET}"',
    f"password = '{SECRET}'",
    f"AWS_SECRET_ACCESS_KEY: {SECRET}",
    f"postgres://me:{SECRET}@host/db",
    f"-----BEGIN OPENSSH PRIVATE KEY-----\n{SECRET}\n-----END OPENSSH PRIVATE KEY-----",
    f"-----BEGIN PRIVATE KEY-----\n{SECRET}",
)
