"""Four ways to turn the same commands into events; each is a process of its own."""
