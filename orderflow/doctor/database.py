"""MongoDB: its version, what it can promise, its indexes."""

from collections.abc import Iterator, Sequence

from orderflow.adapters.mongo_inspection import MongoFacts
from orderflow.adapters.server_urls import address_of
from orderflow.doctor.finding import Finding, ok, warning, wrong
from orderflow.settings import Settings

OLDEST = (4, 4)


def server(facts: MongoFacts, settings: Settings) -> Iterator[Finding]:
    address = address_of(settings.mongo_url)
    yield ok("MongoDB", f"{facts.title}, {_shape(facts)}, at {address}")
    if facts.version < OLDEST:
        yield wrong("MongoDB", f"{facts.title} is older than 4.4", "update it")
    if not facts.writable:
        yield wrong("MongoDB", "answers, but takes no writes: it is not the primary", "wait for an election")
    if not facts.members and not facts.sharded and not _is_here(address):
        yield warning(
            "MongoDB",
            "is a single server: nothing takes over from it, and a list may show two moments",
            "make it a replica set, best of three",
        )


def indexes(missing: Sequence[str], settings: Settings) -> Finding:
    subject = f"indexes of {settings.mongo_database}.orders"
    if not missing:
        return ok(subject, "all there")
    return wrong(subject, f"missing: {'; '.join(missing)}", "drop what stands in their place, then `orderflow init`")


def writing(refusal: str | None, settings: Settings) -> Finding:
    subject = f"writing to {settings.mongo_database}.orders"
    if refusal is None:
        return ok(subject, "allowed, and acknowledged by a majority")
    return wrong(subject, refusal, "give the user of ORDERFLOW_MONGO_URL the role readWrite on this database")


def _shape(facts: MongoFacts) -> str:
    if facts.sharded:
        return "sharded"
    return f"a replica set of {facts.members}" if facts.members else "one server"


def _is_here(address: str) -> bool:
    return address.startswith(("127.", "localhost", "[::1]"))
