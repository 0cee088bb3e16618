"""Which partition a key belongs to: murmur2 as Java's producer computes it."""

from functools import lru_cache

from aiokafka.partitioner import murmur2


@lru_cache(maxsize=2**13)
def partition_of(key: bytes, partitions: int) -> int:
    """Kept for recent keys: computing it in Python costs more than the rest of sending a message."""
    hashed: int = murmur2(key)
    return (hashed & 0x7FFFFFFF) % partitions
