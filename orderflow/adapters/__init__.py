"""MongoDB, Redis and Kafka behind the ports, each beside its in-memory twin."""
