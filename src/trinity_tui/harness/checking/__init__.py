"""What a builder's checks are, who may have them run and waits for them, when they are due, and how they went."""
