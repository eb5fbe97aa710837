"""The four tiers as files: found, read, followed, kept. What they mean is ``core.handoff``'s."""
