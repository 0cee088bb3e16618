"""Faust tables: one module per table, over `order_events`."""
