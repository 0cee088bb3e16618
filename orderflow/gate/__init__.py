"""The composition root of admission, and what it refuses to start with."""
