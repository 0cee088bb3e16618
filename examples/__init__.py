"""Programs to start from; each runs with the environment that `orderflow stack env` prints, or with your own."""
