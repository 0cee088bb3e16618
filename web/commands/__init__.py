"""A write as a command: sent once, waited for, looked up."""
