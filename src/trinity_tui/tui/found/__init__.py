"""A search over everything: what is asked of which place, and how what was found is listed."""
