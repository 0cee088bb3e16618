"""Everything that talks to Kafka: the Faust apps, their transport, the outcome tail and the command producer."""
