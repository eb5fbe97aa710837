"""The rules of the four tiers: how they are read, checked, kept and made into what a fresh instance is told."""
