"""Header names of any bytes, as Kafka allows them, read without giving up."""

import pytest
from aiokafka import codec
from aiokafka.record.default_records import _DefaultRecordBatchBuilderPy

from orderflow.adapters.kafka_header_names import ForgivingRecords
from tests.fuzz.sending import AnyName

PLAIN, GZIP = 0, 1


@pytest.mark.parametrize("compression", [PLAIN, GZIP])
def test_a_header_name_that_is_no_text_is_read_as_escapes_and_the_records_around_it_as_they_are(
    compression: int,
) -> None:
    batch = _DefaultRecordBatchBuilderPy(
        magic=2,
        compression_type=compression,
        is_transactional=0,
        producer_id=-1,
        producer_epoch=-1,
        base_sequence=-1,
        batch_size=10_000,
    )
    for offset, name in enumerate(("text", "\udcff\udcfe!", "\u00e9")):
        batch.append(offset, timestamp=offset, key=b"k", value=b"v" * 200, headers=[(AnyName(name), None)])
    fetched = ForgivingRecords(bytes(batch.build()))
    read = [(record.offset, record.value, record.headers[0]) for record in fetched.next_batch()]
    assert read == [
        (0, b"v" * 200, ("text", None)),
        (1, b"v" * 200, (r"\xff\xfe!", None)),
        (2, b"v" * 200, ("\u00e9", None)),
    ]
    assert not fetched.has_next()


def test_what_any_client_compresses_can_be_read() -> None:
    assert all((codec.has_gzip(), codec.has_snappy(), codec.has_lz4(), codec.has_zstd()))
