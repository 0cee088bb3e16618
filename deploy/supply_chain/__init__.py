"""What orderflow depends on: which distributions, under which licences, with which known holes."""
