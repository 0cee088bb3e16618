"""Traces by OpenTelemetry; imported only where they are on."""
