"""Faust agents: one module per input topic, decode to processing to acknowledgement."""
