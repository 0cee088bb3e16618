"""Log lines as programs and people get them, and the secrets that they do not."""

import json
import logging
import sys
from typing import Any

import pytest
import structlog

from orderflow.logs.config import LIBRARIES, logging_config
from orderflow.logs.fields import about
from orderflow.logs.redaction import HIDDEN, Redaction
from orderflow.settings import Settings
from orderflow.wire.records import Record

RECORD = Record(
    topic="order_commands",
    partition=3,
    offset=17,
    timestamp=0,
    key=b"ord_1",
    value=b"",
    headers=[("traceparent", b"00-" + b"a" * 32 + b"-" + b"b" * 16 + b"-01")],
)
TOKEN = "eyJ" + "x" * 20 + ".eyJ" + "x" * 20 + "." + "x" * 20
KEY = "ofk_5f0c1e9a7b3d2468_" + "x" * 43


def line(message: str, *args: object, as_json: bool = True, secrets: tuple[str, ...] = (), **more: Any) -> str:  # noqa: ANN401
    """What is written of one call of a logger."""
    config = logging_config(as_json=as_json, level="info", colors=False, redaction=Redaction(secrets))
    extra = more.pop("extra", {})
    record = logging.getLogger("orderflow.test").makeRecord(
        "orderflow.test", logging.WARNING, __file__, 1, message, args, more.pop("exc_info", None), extra=extra
    )
    formatter: logging.Formatter = config["formatters"]["line"]["()"]()
    return formatter.format(record)


def test_a_program_gets_one_object_with_the_fields_of_its_record() -> None:
    said = json.loads(line("odd %s", "one", extra=about(RECORD, command="cmd_1")))
    assert said.pop("timestamp").endswith("Z")
    assert said == {
        "level": "warning",
        "logger": "orderflow.test",
        "message": "odd one",
        "topic": "order_commands",
        "partition": 3,
        "offset": 17,
        "order": "ord_1",
        "command": "cmd_1",
        "trace_id": "a" * 32,
    }


def test_a_record_without_key_and_trace_has_only_its_place() -> None:
    bare = Record(topic="order_commands", partition=0, offset=1, timestamp=0, key=None, value=None)
    assert about(bare) == {"topic": "order_commands", "partition": 0, "offset": 1}


def test_the_trace_under_way_stands_in_every_line() -> None:
    with structlog.contextvars.bound_contextvars(trace_id="c" * 32):
        assert json.loads(line("odd"))["trace_id"] == "c" * 32


def test_a_person_gets_a_line_with_the_same() -> None:
    said = line("odd", as_json=False, extra=about(RECORD))
    assert "[warning  ] odd" in said
    assert "partition=3" in said
    assert "{" not in said


@pytest.mark.parametrize("as_json", [True, False])
def test_a_traceback_is_part_of_its_line(*, as_json: bool) -> None:
    try:
        int("redis://:hush@cache")
    except ValueError:
        said = line("failed", as_json=as_json, exc_info=sys.exc_info())
    assert "Traceback" in said
    assert f"'redis://{HIDDEN}@cache'" in said
    assert as_json == (len(said.splitlines()) == 1)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("mongodb://user:p@ss/word@db1:1,db2:2/orders", f"mongodb://{HIDDEN}@db1:1,db2:2/orders"),
        ("https://collector:4318/v1?token=abc&x=1", f"https://collector:4318/v1?token={HIDDEN}&x=1"),
        (f"Authorization: Bearer {TOKEN}", f"Authorization: {HIDDEN}"),
        ("{'Authorization': 'Basic dTpw'}", f"{{'Authorization': {HIDDEN}}}"),
        (f"refused bearer {TOKEN}", f"refused bearer {HIDDEN}"),
        (f"the token {TOKEN} has expired", f"the token {HIDDEN} has expired"),
        (f"no key {KEY}", f"no key ofk_5f0c1e9a7b3d2468_{HIDDEN}"),
        ('{"password": "a b", "user": "u"}', f'{{"password": {HIDDEN}, "user": "u"}}'),
        ("sasl_plain_password='hush', x", f"sasl_plain_password={HIDDEN}, x"),
        ("X-API-Key: abcdef", f"X-API-Key: {HIDDEN}"),
        ("the login is 'tr0ub4dor'", f"the login is '{HIDDEN}'"),
        (repr(["back\\slash"]), f"['{HIDDEN}']"),
        ("Cookie: a=b; session=c", f"Cookie: {HIDDEN}"),
    ],
)
def test_what_is_or_looks_like_a_secret_is_hidden(said: str, shown: str) -> None:
    assert json.loads(line("%s", said, secrets=("tr0ub4dor", "back\\slash")))["message"] == shown


def test_a_field_is_no_way_round() -> None:
    fields = Redaction(("tr0ub4dor",))(
        None, "", {"event": {"deep": ["tr0ub4dor", 1]}, "api_key": "x", "level": "info", "url": b"http://a:b@c"}
    )
    assert fields == {
        "event": {"deep": [HIDDEN, 1]},
        "api_key": HIDDEN,
        "level": "info",
        "url": f"b'http://{HIDDEN}@c'",
    }


def test_what_tells_no_secret_stays_as_it_is() -> None:
    for said in (
        "credentials are refused: The token has expired",
        "waiting for MongoDB: ServerSelectionTimeoutError: db:27017: [Errno 111] Connection refused",
        "serving http://127.0.0.1:8080/readyz",
        "the key set of ORDERFLOW_JWT_JWKS cannot be read: TimeoutError",
    ):
        assert json.loads(line(said))["message"] == said


def test_the_settings_know_their_secrets() -> None:
    settings = Settings(
        _env_file=None,
        mongo_url="mongodb://u:p%40ss@db",
        redis_url="redis://[no url",
        jwt_secret="j" * 32,
        api_key="a" * 32,
    )
    assert {"p%40ss", "p@ss", "redis://[no url", "j" * 32, "a" * 32} == set(filter(None, settings.secrets()))


def test_libraries_say_nothing_below_info_and_clients_of_kafka_nothing_at_all() -> None:
    config = logging_config(as_json=True, level="debug", colors=False, redaction=Redaction(()))
    assert config["root"]["level"] == "INFO"
    assert config["loggers"]["orderflow"]["level"] == "DEBUG"
    assert config["loggers"]["aiokafka"]["level"] == LIBRARIES["aiokafka"] > logging.CRITICAL
