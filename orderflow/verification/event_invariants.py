"""What must hold of events."""

from orderflow.verification.invariants import Invariant

EVENTS = (
    Invariant(
        "an order's events have no gap",
        "SELECT count(*) FROM (SELECT 1 FROM events GROUP BY order_id)",
        """
        SELECT order_id, 'event ' || version || ' came, event ' || (version - 1) || ' did not'
        FROM (SELECT DISTINCT order_id, version FROM events) e
        WHERE version > 1
        AND NOT EXISTS (SELECT 1 FROM events b WHERE (b.order_id, b.version) = (e.order_id, e.version - 1))
        AND NOT EXISTS (SELECT 1 FROM faded_changes c WHERE (c.order_id, c.version) = (e.order_id, e.version - 1))
        """,
    ),
    Invariant(
        # On another partition, as after a raised partition count, offsets cannot be compared.
        "an order's events rise on their partition",
        "SELECT count(*) FROM (SELECT 1 FROM events GROUP BY order_id)",
        """
        SELECT order_id, 'event ' || version || ' first came (partition ' || part || ' offset ' || position
            || ') before event ' || before || ' (offset ' || before_position || ')'
        FROM (
            SELECT *, lag(version) OVER (PARTITION BY order_id ORDER BY version) AS before,
            lag(position) OVER (PARTITION BY order_id ORDER BY version) AS before_position,
            lag(part) OVER (PARTITION BY order_id ORDER BY version) AS before_part
            FROM first_events) e
        WHERE part = before_part AND position < before_position
        AND NOT EXISTS (SELECT 1 FROM faded_changes c WHERE (c.order_id, c.version) = (e.order_id, e.before))
        """,
    ),
    Invariant(
        "repeats of an event are identical",
        "SELECT count(*) FROM (SELECT 1 FROM events GROUP BY order_id, version)",
        """
        SELECT order_id, 'event ' || version || ' came in ' || count(DISTINCT content) || ' versions'
        FROM events GROUP BY order_id, version HAVING count(DISTINCT content) > 1
        """,
    ),
    Invariant(
        "events are on a partition of their key",
        "SELECT count(*) FROM events",
        """
        SELECT order_id, 'event ' || version || ' is on partition ' || part || ', where its key never belonged'
        FROM events WHERE NOT possible
        """,
    ),
    Invariant(
        "every event is in the history, to the byte",
        "SELECT count(*) FROM events",
        """
        SELECT e.order_id, 'event ' || e.version || ' (order_events partition ' || e.part || ' offset ' || e.position
            || CASE WHEN EXISTS (SELECT 1 FROM changes c WHERE (c.order_id, c.version) = (e.order_id, e.version))
            THEN ') differs from version ' || e.version || ' of the history' ELSE ') is not in the history' END
        FROM events e WHERE NOT EXISTS (
            SELECT 1 FROM changes c WHERE (c.order_id, c.version, c.content) = (e.order_id, e.version, e.content))
        """,
    ),
    Invariant(
        "every change of a history has its event",
        "SELECT count(*) FROM announced_changes",
        """
        SELECT c.order_id, 'version ' || c.version || ' by command ' || c.command_id || ' has no event'
        FROM announced_changes c WHERE NOT EXISTS (
            SELECT 1 FROM events e WHERE (e.order_id, e.version) = (c.order_id, c.version))
        """,
    ),
)
