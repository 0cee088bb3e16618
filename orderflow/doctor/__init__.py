"""Whether a deployment is as it should be: small checks that read, each with a deadline, and what to do about it."""
