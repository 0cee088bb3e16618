"""The batch: decode, load, fold, persist, publish, refresh the cache; knows ports, not drivers."""
