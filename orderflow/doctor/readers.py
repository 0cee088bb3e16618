"""The consumer groups: whether anybody works, and on every partition."""

from orderflow.doctor.finding import Finding, ok, warning
from orderflow.wire.groups import GroupReading
from orderflow.words import counted

_STABLE = "Stable"


def group(reading: GroupReading, role: str) -> Finding:
    """`role` is what its members run."""
    subject, members = f"group {reading.group}", len(reading.members)
    if reading.is_dead and role != "worker":
        return ok(subject, f"no {role} ever ran here")
    if not members:
        waiting = f", and {reading.lag} records wait" if reading.lag else ""
        return warning(subject, f"no {role} runs{waiting}", f"start one: `orderflow {role}`")
    if reading.state != _STABLE:
        return warning(subject, f"is sharing out its partitions anew ({reading.state})", "look again in a moment")
    idle = sum(not member.partitions for member in reading.members)
    if idle:
        return warning(
            subject,
            f"{idle} of {members} members have no partition of {reading.topic}",
            "more members than partitions do nothing: run fewer, or raise the partitions",
        )
    return ok(subject, f"{counted(members, 'member')}, lag {reading.lag}")
