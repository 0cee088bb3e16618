"""One order: shown, moved, changed."""
