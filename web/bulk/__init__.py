"""Many orders by one request, and the job that this makes."""
