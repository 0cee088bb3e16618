"""What must hold of stored and cached orders and of the lists of them."""

from orderflow.verification.invariants import Invariant

ORDERS = (
    Invariant(
        "everything can be read",
        "SELECT (SELECT count(*) FROM outcomes) + (SELECT count(*) FROM events) + (SELECT count(*) FROM letters) "
        "+ (SELECT count(*) FROM orders) + (SELECT count(*) FROM broken)",
        "SELECT name, detail FROM broken",
    ),
    Invariant(
        "a history's versions are 1 to n, the order's version",
        "SELECT count(*) FROM orders",
        "SELECT order_id, versions_fault FROM orders WHERE versions_fault IS NOT NULL",
    ),
    Invariant(
        "an order is what its history makes of it",
        "SELECT count(*) FROM orders",
        "SELECT order_id, state_fault FROM orders WHERE state_fault IS NOT NULL",
    ),
)

CACHE = (
    Invariant(
        "a cached order is stored, and not newer",
        "SELECT count(*) FROM cached",
        """
        SELECT c.order_id, 'cached at version ' || coalesce(c.version, 'unreadable')
            || CASE WHEN o.version IS NULL THEN ', but not stored' ELSE ', stored at ' || o.version END
        FROM cached c LEFT JOIN orders o ON o.order_id = c.order_id
        WHERE o.version IS NULL OR c.version IS NULL OR c.version > o.version
        """,
    ),
)

STATISTICS = (
    Invariant(
        # What is no longer among the events may be counted or not.
        "statistics count every order once",
        "SELECT coalesce(sum(count), 0) FROM counted",
        """
        SELECT state, 'insights count ' || counted || ' orders that are ' || state || ', there are ' || stored FROM (
            SELECT s.state, coalesce((SELECT sum(count) FROM counted c WHERE c.state = s.state), 0) AS counted,
            (SELECT count(*) FROM orders o WHERE o.state = s.state) AS stored
            FROM (SELECT state FROM orders UNION SELECT state FROM counted) s)
        WHERE counted != stored AND EXISTS (SELECT 1 FROM counted)
        AND NOT EXISTS (SELECT 1 FROM logs WHERE topic = 'order_events' AND begin > 0)
        AND NOT EXISTS (SELECT 1 FROM orders WHERE order_id NOT IN (SELECT order_id FROM events))
        """,
    ),
)

LISTS = (
    Invariant(
        "lists have every order",
        "SELECT count(*) FROM resting_orders",
        """
        SELECT order_id, 'the list of ' || list || ' has it not' FROM (
            SELECT order_id, 'state ' || state AS list FROM resting_orders
            UNION ALL SELECT order_id, 'client ' || client_id FROM resting_orders
            WHERE client_id IN (SELECT client_id FROM sampled)) o
        WHERE list NOT IN (SELECT list FROM unwalked)
        AND NOT EXISTS (SELECT 1 FROM listed l WHERE (l.order_id, l.list) = (o.order_id, o.list))
        """,
    ),
    Invariant(
        "lists show orders as they are stored",
        "SELECT count(*) FROM listed",
        """
        SELECT l.order_id, 'the list of ' || l.list || ' shows it as ' || l.state || ' at version ' || l.version
            || ', it is ' || o.state || ' at version ' || o.version
        FROM listed l JOIN resting_orders o ON o.order_id = l.order_id
        WHERE (l.client_id, l.state, l.version) != (o.client_id, o.state, o.version)
        OR l.list NOT IN ('state ' || o.state, 'client ' || o.client_id)
        UNION ALL
        SELECT l.order_id, 'the list of ' || l.list || ' has it, but it is not stored'
        FROM listed l WHERE l.order_id NOT IN (SELECT order_id FROM orders)
        AND l.order_id NOT IN (SELECT order_id FROM again)
        """,
    ),
    Invariant(
        "lists are newest first, each order once",
        "SELECT count(*) FROM listed",
        """
        SELECT order_id, 'place ' || place || ' of the list of ' || list || ' is not older than the one before'
        FROM (
            SELECT *, lag(created_at) OVER walk AS before_at, lag(order_id) OVER walk AS before_id
            FROM listed WINDOW walk AS (PARTITION BY list ORDER BY place))
        WHERE before_at IS NOT NULL AND (created_at, order_id) >= (before_at, before_id)
        """,
    ),
)
