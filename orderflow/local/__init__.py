"""The embedded servers: Kafka, MongoDB and Redis protocol servers as child processes, for laptops and tests."""
