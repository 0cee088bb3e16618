"""The HTTP facade: one module per resource."""
