"""What a replay or a purge did, as JSON."""

from orderflow.processing.dead_letter_desk import Purge
from orderflow.processing.replay import Replay
from orderflow.wire.desk_shapes import PurgeDone, ReplayDone
from orderflow.wire.json import dumps


def encode_replay(replay: Replay, *, dry_run: bool) -> bytes:
    done: ReplayDone = {
        "dry_run": dry_run,
        "planned": replay.planned,
        "replayed": replay.replayed,
        "skipped": replay.skipped,
        "replaced": replay.replaced,
        "failed": replay.failed,
        "failures": [{"id": str(letter_id), "reason": reason} for letter_id, reason in replay.failures],
    }
    return dumps(done)


def encode_purge(purge: Purge, *, dry_run: bool) -> bytes:
    """Of a dry run: what would be done."""
    done: PurgeDone = {"dry_run": dry_run, "purged": purge.purged, "held_back": purge.held_back}
    return dumps(done)
