"""Prometheus metrics: what a role counts, and what is looked up when somebody asks."""
