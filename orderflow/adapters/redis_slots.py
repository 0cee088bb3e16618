"""A refresh cut for a Redis Cluster, where one call may only touch keys of one slot."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from redis.crc import key_slot

from orderflow.adapters.redis_keys import RedisKeys
from orderflow.ports import Refresh


def by_slot(refresh: Refresh, keys: RedisKeys) -> list[Refresh]:
    """One for each slot."""
    parts: dict[int, list[Refresh]] = defaultdict(list)
    for part in _single(refresh):
        [key] = keys.changed(part)
        parts[key_slot(key.encode())].append(part)
    return [_together(of_slot) for of_slot in parts.values()]


def _single(refresh: Refresh) -> Iterator[Refresh]:
    """One for each key."""
    for order in refresh.orders:
        yield Refresh(orders=(order,))
    for outcome in refresh.outcomes:
        yield Refresh(outcomes=(outcome,))
    for client in refresh.clients:
        yield Refresh(clients=(client,))
    for state in refresh.states:
        yield Refresh(states=(state,))


def _together(parts: Iterable[Refresh]) -> Refresh:
    parts = list(parts)
    return Refresh(
        orders=[order for part in parts for order in part.orders],
        outcomes=[outcome for part in parts for outcome in part.outcomes],
        clients=[client for part in parts for client in part.clients],
        states=[state for part in parts for state in part.states],
    )
