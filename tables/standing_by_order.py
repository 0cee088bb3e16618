"""How each order stands: version, state, since when, whose. Statistics are counted from it, and nothing else."""

from orderflow.streaming import roles
from orderflow.streaming.changelog_topic import TABLE
from orderflow.streaming.standing_table import StandingTable

app = roles.insights()
standing_by_order = app.tables.add(
    StandingTable(app, name=TABLE, key_type=bytes, value_type=bytes, partitions=app.settings.partitions)
)
