"""orderflow: order management for delivery orders on Kafka."""
