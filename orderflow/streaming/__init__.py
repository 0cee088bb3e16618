"""Faust and Kafka: the App class and its safe transport, the roles, topics, the outcome tail."""
