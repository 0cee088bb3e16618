"""JSON to domain and back: commands, events, outcomes, and what HTTP shows."""
