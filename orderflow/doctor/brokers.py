"""Kafka's brokers, and the topics on them."""

from collections.abc import Iterator, Mapping

from orderflow.adapters.kafka_inspection import ClusterFacts, TopicFacts
from orderflow.doctor.finding import Finding, ok, warning, wrong
from orderflow.settings import Settings
from orderflow.streaming.changelog_topic import changelog_name
from orderflow.streaming.topic_configs import DAY_MS, IN_SYNC, RETENTION, TIME, remedy, topic_configs, unusable
from orderflow.wire.records import Topic
from orderflow.words import counted

_IDEMPOTENT_PRODUCERS = 22
"""Kafka's number of the request InitProducerId."""
_RELEASES = ((90, "4.1"), (83, "4.0"), (80, "3.9"), (75, "3.8"), (68, "3.7"), (65, "3.0"), (60, "2.8"))
"""Requests and the release that brought them: Kafka does not tell its version."""


def cluster(facts: ClusterFacts, settings: Settings) -> Iterator[Finding]:
    release = next((release for key, release in _RELEASES if key in facts.requests), None)
    title = f"Kafka {release} or later" if release else "an old Kafka, or another server with its protocol"
    yield ok("Kafka", f"{title}, {counted(facts.brokers, 'broker')} at {settings.kafka_brokers}")
    if _IDEMPOTENT_PRODUCERS not in facts.requests:
        yield warning("Kafka", "has no idempotent producers: a resend may be stored twice", "use Apache Kafka")
    if settings.replication > facts.brokers:
        yield wrong(
            "replication",
            f"ORDERFLOW_REPLICATION={settings.replication} with {counted(facts.brokers, 'broker')}",
            f"add brokers, or set ORDERFLOW_REPLICATION={facts.brokers}",
        )
    elif settings.replication == 1 < facts.brokers:
        yield warning(
            "replication",
            f"ORDERFLOW_REPLICATION=1 with {facts.brokers} brokers: a lost disk loses commands and events",
            "set ORDERFLOW_REPLICATION=3 for new topics; give old ones more copies with kafka-reassign-partitions.sh",
        )


def topics(found: Mapping[str, TopicFacts], settings: Settings) -> Iterator[Finding]:
    """At least one for each topic of a deployment."""
    for topic in Topic:
        name = settings.named(topic)
        facts = found.get(name)
        if facts is None:
            yield wrong(f"topic {name}", "does not exist, or may not be seen", "`orderflow init` creates it")
        else:
            flaws = [*_partitions(name, facts, settings), *_copies(name, facts, settings)]
            flaws += _configs(topic, facts, settings)
            yield from flaws or [ok(f"topic {name}", _summary(facts))]


def changelog(facts: TopicFacts | None, settings: Settings) -> Iterator[Finding]:
    """What statistics are recovered from; nothing where they never were counted."""
    if facts is None:
        return
    name = changelog_name(settings)
    flaws = [*_copies(name, facts, settings)]
    if facts.partitions != settings.partitions:
        detail = f"has {facts.partitions} partitions, not {settings.partitions}"
        flaws.append(wrong(f"topic {name}", detail, "stop every insights role, then `orderflow insights --rebuild`"))
    yield from flaws or [ok(f"topic {name}", counted(facts.partitions, "partition"))]


def writes(refusals: Mapping[str, str]) -> Iterator[Finding]:
    """`refusals` by topic."""
    subject = "writing to Kafka"
    for name, reason in refusals.items():
        yield wrong(subject, f"topic {name}: {reason}", "give the user of ORDERFLOW_KAFKA_USERNAME the right to write")
    if not refusals:
        yield ok(subject, "allowed")


def _partitions(name: str, facts: TopicFacts, settings: Settings) -> Iterator[Finding]:
    found, wanted, subject = facts.partitions, settings.partitions, f"topic {name}"
    if found < wanted:
        way = f"`orderflow init --partitions {wanted}`, or ORDERFLOW_PARTITIONS={found} if all topics have so many"
        yield wrong(subject, f"has {found} partitions, not {wanted}", way)
    if found > wanted:
        # Partitions can be added, never taken away.
        way = f"ORDERFLOW_PARTITIONS={found} for every role, and `orderflow init --partitions {found}` for the others"
        yield wrong(subject, f"has {found} partitions, not {wanted}", way)
    if facts.leaderless:
        detail = f"{counted(facts.leaderless, 'partition')} without a leader: nobody can read or write there"
        yield wrong(subject, detail, "start the brokers that are down")


def _copies(name: str, facts: TopicFacts, settings: Settings) -> Iterator[Finding]:
    # Not everybody is told how many are needed.
    subject, needed = f"topic {name}", int(facts.configs.get(IN_SYNC, 0))
    if facts.replication < settings.replication:
        detail = f"has {_told(facts.replication)}, ORDERFLOW_REPLICATION={settings.replication}"
        yield warning(subject, detail, "give it more with kafka-reassign-partitions.sh")
    if facts.in_sync < needed:
        detail = f"{facts.in_sync} copies in sync, {IN_SYNC}={needed}: writes are refused"
        yield wrong(subject, detail, "start the brokers that are down")
    elif facts.in_sync < facts.replication:
        detail = f"only {facts.in_sync} of {facts.replication} copies are in sync"
        yield warning(subject, detail, "start the brokers that are down, or wait until they have caught up")
    if facts.replication > 1 and needed == 1:
        yield warning(subject, f"{IN_SYNC}=1: `acks=all` may mean a single copy", remedy(name, IN_SYNC, "2"))
    if facts.replication > 1 and needed == facts.replication:
        detail = f"{IN_SYNC}={needed} of {facts.replication} copies: one broker down stops all writes"
        yield warning(subject, detail, remedy(name, IN_SYNC, str(needed - 1)))


def _configs(topic: Topic, facts: TopicFacts, settings: Settings) -> Iterator[Finding]:
    name, wanted = settings.named(topic), topic_configs(topic, settings)
    if not facts.configs:
        way = "use Apache Kafka, and give the user of ORDERFLOW_KAFKA_USERNAME the right DescribeConfigs"
        yield warning(f"topic {name}", "its settings are not checked: the broker does not tell them", way)
        return
    for config, value in unusable(wanted, facts.configs):
        yield wrong(f"topic {name}", f"has {config}={facts.configs[config]}, not {value}", remedy(name, config, value))
    kept = facts.configs[RETENTION]
    if kept != wanted[RETENTION]:
        detail = f"has {RETENTION}={kept}, not {wanted[RETENTION]}"
        yield warning(f"topic {name}", detail, remedy(name, RETENTION, wanted[RETENTION]))


def _summary(facts: TopicFacts) -> str:
    kept = int(facts.configs[RETENTION])
    keeping = "kept for ever" if kept < 0 else f"kept {kept / DAY_MS:g} days"
    return f"{counted(facts.partitions, 'partition')}, {_told(facts.replication)}, {facts.configs[TIME]}, {keeping}"


def _told(copies: int) -> str:
    return "one copy" if copies == 1 else f"{copies} copies"
