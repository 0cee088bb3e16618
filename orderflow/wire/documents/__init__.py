"""What others read to work with us: JSON Schemas, and the AsyncAPI document of the topics."""
