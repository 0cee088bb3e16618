"""The HTTP facade: a package per subject, in it a module per resource."""
