"""What must hold of commands and their outcomes, and of what orders remember of them."""

from orderflow.verification.invariants import Invariant

COMMANDS = (
    Invariant(
        "every command has an outcome or is a dead letter",
        "SELECT count(*) FROM due_commands",
        """
        SELECT coalesce(c.order_id, c.name), CASE WHEN c.order_id IS NULL
            THEN 'the unreadable record at partition ' || c.part || ' offset ' || c.position || ' is no dead letter'
            ELSE 'command ' || c.command_id || ' at partition ' || c.part || ' offset ' || c.position
            || CASE WHEN EXISTS (SELECT 1 FROM outcomes o WHERE (o.order_id, o.command_id) = (c.order_id, c.command_id))
            THEN ' has no outcome of its own and is no dead letter' ELSE ' has no outcome' END END
        FROM due_commands c
        WHERE NOT EXISTS (
            SELECT 1 FROM outcomes o WHERE (o.order_id, o.command_id) = (c.order_id, c.command_id)
            AND (o.fingerprint = c.fingerprint OR o.fingerprint IS NULL OR c.fingerprint IS NULL)
            AND (o.kind != 'buried' OR c.letter_may_be_gone))
        AND NOT EXISTS (
            SELECT 1 FROM letters l WHERE (l.of_part, l.of_position, l.of_at) = (c.part, c.position, c.at))
        """,
    ),
    Invariant(
        # A full ledger has forgotten: a command older than its entries may be decided again, and otherwise.
        "one meaning per command of an order",
        "SELECT count(*) FROM (SELECT 1 FROM outcomes WHERE kind IN ('applied', 'settled') "
        "GROUP BY order_id, command_id)",
        """
        SELECT order_id, 'command ' || command_id || ' has ' || count(DISTINCT meaning) || ' different outcomes'
        FROM outcomes WHERE kind IN ('applied', 'settled') GROUP BY order_id, command_id
        HAVING count(DISTINCT meaning) > 1 AND (
            count(DISTINCT CASE WHEN kind = 'applied' THEN meaning END) > 1
            OR order_id NOT IN (SELECT order_id FROM orders WHERE ledger_full))
        """,
    ),
    Invariant(
        "every applied outcome is in the history",
        "SELECT count(*) FROM outcomes WHERE kind = 'applied'",
        """
        SELECT o.order_id, 'command ' || o.command_id || ' (order_outcomes partition ' || o.part || ' offset '
            || o.position || ') was applied, but the history has it not, or otherwise'
        FROM outcomes o WHERE o.kind = 'applied' AND NOT EXISTS (
            SELECT 1 FROM changes c WHERE (c.order_id, c.command_id, c.meaning) = (o.order_id, o.command_id, o.meaning))
        """,
    ),
    Invariant(
        "every change of a history has its outcome",
        "SELECT count(*) FROM due_changes",
        """
        SELECT c.order_id, 'version ' || c.version || ' by command ' || c.command_id || ' has no such outcome'
        FROM due_changes c WHERE NOT EXISTS (
            SELECT 1 FROM outcomes o WHERE (o.order_id, o.command_id, o.kind, o.meaning)
            = (c.order_id, c.command_id, 'applied', c.meaning))
        """,
    ),
    Invariant(
        "every verdict of a ledger has its outcome",
        "SELECT count(*) FROM due_verdicts",
        """
        SELECT v.order_id, 'the ledger''s verdict on command ' || v.command_id || ' has no such outcome'
        FROM due_verdicts v WHERE NOT EXISTS (
            SELECT 1 FROM outcomes o WHERE (o.order_id, o.command_id, o.kind, o.meaning)
            = (v.order_id, v.command_id, 'settled', v.meaning))
        """,
    ),
    Invariant(
        # A ledger that is not full has forgotten nothing.
        "every outcome that changed nothing is in the ledger",
        "SELECT count(*) FROM outcomes WHERE kind = 'settled' AND order_id NOT IN "
        "(SELECT order_id FROM orders WHERE ledger_full)",
        """
        SELECT o.order_id, 'the outcome of command ' || o.command_id || ' (order_outcomes partition ' || o.part
            || ' offset ' || o.position || ') is not in the ledger, or otherwise'
        FROM outcomes o WHERE o.kind = 'settled'
        AND order_id NOT IN (SELECT order_id FROM orders WHERE ledger_full)
        AND NOT EXISTS (
            SELECT 1 FROM verdicts v
            WHERE (v.order_id, v.command_id, v.meaning) = (o.order_id, o.command_id, o.meaning))
        """,
    ),
    Invariant(
        "an order remembers each command once",
        "SELECT count(*) FROM entries",
        """
        SELECT order_id, 'command ' || command_id || ' stands ' || count(*) || ' times in its history and ledger'
        FROM entries GROUP BY order_id, command_id HAVING count(*) > 1
        """,
    ),
    Invariant(
        # Entries from before the first record's time are of a log that was refilled.
        "history and ledger name records of their commands",
        "SELECT count(*) FROM named_entries",
        """
        SELECT e.order_id, 'command ' || e.command_id || ' is said to stand at partition ' || e.part || ' offset '
            || e.position || ', where there is another record or none'
        FROM named_entries e WHERE NOT EXISTS (
            SELECT 1 FROM commands c WHERE (c.part, c.position, c.at, c.order_id, c.command_id)
            = (e.part, e.position, e.at, e.order_id, e.command_id))
        """,
    ),
)
