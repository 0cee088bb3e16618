"""The names of keys in Redis; without braces, so that a cluster spreads them over its slots."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from orderflow.domain.lifecycle import State
from orderflow.ports import Refresh


@dataclass(frozen=True, slots=True)
class RedisKeys:
    """Every key begins with the prefix."""

    prefix: str = ""

    def order(self, order_id: str) -> str:
        return f"{self.prefix}order:{order_id}"

    def outcome(self, order_id: str, command_id: str) -> str:
        # Ids may hold colons: a:b with c must not meet a with b:c.
        return f"{self.prefix}outcome:{order_id.replace(':', '%3A')}:{command_id}"

    def generations(self, clients: Collection[str], states: Collection[State]) -> list[str]:
        """Those of the clients first."""
        of_clients = [f"{self.prefix}gen:client:{client_id}" for client_id in clients]
        return of_clients + [f"{self.prefix}gen:state:{state}" for state in states]

    def changed(self, refresh: Refresh) -> Iterator[str]:
        """Orders, then outcomes, then generations."""
        for order in refresh.orders:
            yield self.order(order.order_id)
        for outcome in refresh.outcomes:
            yield self.outcome(outcome.order_id, outcome.command_id)
        yield from self.generations(refresh.clients, refresh.states)

    def rate(self, principal: str) -> str:
        return f"{self.prefix}rate:{principal}"

    def job(self, job_id: str) -> str:
        return f"{self.prefix}job:{job_id}"

    def beat(self, job_id: str) -> str:
        return f"{self.prefix}beat:{job_id}"

    def statistics(self, partition: int) -> str:
        return f"{self.prefix}statistics:{partition}"

    def pulse(self, role: str, instance: str) -> str:
        return f"{self.prefix}pulse:{role}:{instance}"

    @property
    def pulses(self) -> str:
        """Keys of pulses, by the time of the last one."""
        return f"{self.prefix}pulses"

    def page(self, key: str) -> str:
        return f"{self.prefix}list:{key}"
