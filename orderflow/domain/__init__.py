"""The rules of an order, pure: no I/O, no clock, no ids made inside."""
