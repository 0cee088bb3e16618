"""What was read of a deployment, as tables; long contents are kept as digests, so a row has about the size of its ids.

A record's `part` and `position` are its partition and offset, `at` is its timestamp. Those of an order's history and
ledger are the coordinates of the command's record; `part` is NULL where that record stood in a log of another name.
"""

TABLES = """
CREATE TABLE logs (topic, part, begin, upto, first_at, last_at, PRIMARY KEY (topic, part)) WITHOUT ROWID;
CREATE TABLE ends (part PRIMARY KEY, ended) WITHOUT ROWID;
CREATE TABLE commands (
    part, position, at, order_id, command_id, fingerprint, home, name, PRIMARY KEY (part, position)
) WITHOUT ROWID;
CREATE TABLE outcomes (part, position, at, order_id, command_id, fingerprint, kind, meaning);
CREATE TABLE events (part, position, at, order_id, version, content, possible);
CREATE TABLE letters (part, position, at, of_part, of_position, of_at);
CREATE TABLE orders (order_id, client_id, state, version, ledger_full, versions_fault, state_fault);
CREATE TABLE changes (order_id, command_id, part, position, at, home, version, content, meaning);
CREATE TABLE verdicts (order_id, command_id, part, position, at, home, meaning);
CREATE TABLE cached (order_id, version);
CREATE TABLE listed (list, place, order_id, client_id, state, version, created_at, PRIMARY KEY (list, place))
    WITHOUT ROWID;
CREATE TABLE sampled (client_id PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE unwalked (list PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE counted (part, state, count);
CREATE TABLE again (order_id, version);
CREATE TABLE broken (what, name, detail);
"""
"""`home` is the partition that the order's id hashes to. `logs` say what was read of each topic; `ends`, where the
commands ended when everything else was read.
"""

INDEXES = """
CREATE INDEX commands_by_id ON commands (order_id, command_id);
CREATE INDEX outcomes_by_id ON outcomes (order_id, command_id, kind, meaning, fingerprint);
CREATE INDEX events_by_id ON events (order_id, version, part, position, content);
CREATE INDEX letters_by_record ON letters (of_part, of_position, of_at);
CREATE INDEX orders_by_id ON orders (order_id, version);
CREATE INDEX again_by_id ON again (order_id, version);
CREATE INDEX changes_by_version ON changes (order_id, version, content);
CREATE INDEX changes_by_command ON changes (order_id, command_id, meaning);
CREATE INDEX verdicts_by_command ON verdicts (order_id, command_id, meaning);
CREATE INDEX listed_by_order ON listed (order_id, list);
"""
"""Made after everything was read: sorting once is faster than keeping them in order, and needs no more memory."""

VIEWS = """
CREATE VIEW entries AS
    SELECT order_id, command_id, part, position, at FROM changes
    UNION ALL SELECT order_id, command_id, part, position, at FROM verdicts;

-- Those whose command's record still stands in the log that was read: everything that followed from it does, too.
CREATE VIEW standing_changes AS
    SELECT e.* FROM changes e CROSS JOIN commands c
    WHERE (c.part, c.position, c.at, c.order_id, c.command_id) = (e.part, e.position, e.at, e.order_id, e.command_id);
CREATE VIEW standing_verdicts AS
    SELECT e.* FROM verdicts e CROSS JOIN commands c
    WHERE (c.part, c.position, c.at, c.order_id, c.command_id) = (e.part, e.position, e.at, e.order_id, e.command_id);

-- Those that the log must know: entries of a refilled log are older than its first record.
CREATE VIEW named_entries AS
    SELECT e.* FROM entries e JOIN logs l ON l.topic = 'order_commands' AND l.part = e.part
    WHERE e.position >= l.begin AND e.position < l.upto AND e.at >= l.first_at;

-- Those from before the log: in another one, expired, or in a log of this name that was refilled since.
CREATE VIEW old_changes AS
    SELECT e.* FROM changes e
    LEFT JOIN logs l ON l.topic = 'order_commands' AND l.part = e.part
    LEFT JOIN ends ON ends.part = e.part
    WHERE l.part IS NULL OR e.position < l.begin OR e.position >= ended OR e.at < l.first_at
    OR (e.position >= l.upto AND e.at < l.last_at);

-- After when a partition that has lost its beginning is whole.
CREATE TABLE floors AS SELECT topic, part, coalesce(first_at, 9e18) AS at FROM logs WHERE begin > 0;

-- Old outcomes and dead letters may be gone although their commands are not.
CREATE VIEW due_commands AS
    SELECT *, EXISTS (
        SELECT 1 FROM floors f WHERE f.part IN (c.part, c.home) AND f.at >= c.at AND f.topic = 'order_commands_dlq'
    ) AS letter_may_be_gone
    FROM commands c WHERE NOT EXISTS (
        SELECT 1 FROM floors f WHERE f.part IN (c.part, c.home) AND f.at >= c.at
        AND f.topic = CASE WHEN c.order_id IS NULL THEN 'order_commands_dlq' ELSE 'order_outcomes' END
    );

CREATE VIEW due_changes AS SELECT * FROM standing_changes e WHERE NOT EXISTS (
        SELECT 1 FROM floors f WHERE f.part IN (e.part, e.home) AND f.at >= e.at AND f.topic = 'order_outcomes');
CREATE VIEW due_verdicts AS SELECT * FROM standing_verdicts e WHERE NOT EXISTS (
        SELECT 1 FROM floors f WHERE f.part IN (e.part, e.home) AND f.at >= e.at AND f.topic = 'order_outcomes');

-- Changes from before the commands' log whose event that of the events holds all the same: it goes back further.
CREATE VIEW held_changes AS
    SELECT e.* FROM old_changes e JOIN logs l ON l.topic = 'order_events' AND l.part = e.part AND l.first_at <= e.at;

CREATE VIEW announced_changes AS
    SELECT * FROM (SELECT * FROM standing_changes UNION ALL SELECT * FROM held_changes) e WHERE NOT EXISTS (
        SELECT 1 FROM floors f WHERE f.part IN (e.part, e.home) AND f.at >= e.at AND f.topic = 'order_events');

-- Those whose event may be gone, or only repeated since: it expired, or stood in the events of an earlier log.
CREATE VIEW faded_changes AS
    SELECT * FROM old_changes e WHERE NOT EXISTS (
        SELECT 1 FROM logs l WHERE l.topic = 'order_events' AND l.part = e.part AND l.first_at <= e.at)
    UNION ALL SELECT * FROM changes e WHERE EXISTS (
        SELECT 1 FROM floors f WHERE f.part IN (e.part, e.home) AND f.at >= e.at AND f.topic = 'order_events');

-- One that came on two partitions, before and after their count was raised, has no first.
CREATE VIEW first_events AS
    SELECT order_id, version, min(part) AS part, min(position) AS position
    FROM events GROUP BY order_id, version HAVING min(part) = max(part);

-- Those that did not change while the lists were walked.
CREATE VIEW resting_orders AS
    SELECT o.* FROM orders o JOIN again a ON (a.order_id, a.version) = (o.order_id, o.version);
"""
