"""One trace from a request through its command to the event, for whoever has a collector; else nothing."""
