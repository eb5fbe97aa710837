"""The board as it is looked at: its columns and cards, and the page of one task. Text only; widgets paint it."""
