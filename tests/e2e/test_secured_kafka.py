"""A Kafka that asks for TLS and a login: everything of ours gets in with the right ones, and says so without."""

import asyncio
from collections.abc import Iterator, Mapping

import orjson
import pytest
from aiohttp import ClientSession
from aiokafka.errors import KafkaConnectionError

from orderflow.adapters.kafka_access import KafkaAccess, KafkaRefusalError
from orderflow.adapters.kafka_admission import kafka_admin, knock
from orderflow.local.ports import free_port
from orderflow.settings import Settings
from tests.e2e.deployment import CREATE, Deployment, orderflow
from tests.e2e.test_http_to_event import ORDER
from tests.secured_kafka import PASSWORD, SecuredKafka, secured_kafka

pytestmark = pytest.mark.apache_kafka


@pytest.fixture(scope="module")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecuredKafka]:
    with secured_kafka(tmp_path_factory.mktemp("secured")) as program:
        yield program


@pytest.fixture
def servers(kafka: SecuredKafka, mongo_url: str, redis_url: str) -> dict[str, str]:
    return {**kafka.environment(0), "ORDERFLOW_MONGO_URL": mongo_url, "ORDERFLOW_REDIS_URL": redis_url}


async def test_roles_and_commands_work_over_tls_with_a_login(deployment: Deployment) -> None:
    worker = await deployment.worker()
    web = await deployment.web()
    async with ClientSession(web.url) as client, client.post("/orders", json=ORDER) as answer:
        assert answer.status == 201, await answer.text()

    submitted = await orderflow(deployment, "submit", "-", given=orjson.dumps(CREATE))
    letters = await orderflow(deployment, "dlq", "list")
    verified = await orderflow(deployment, "verify")
    examined = await orderflow(deployment, "doctor")

    assert orjson.loads(submitted.stdout)["status"] == "applied", submitted
    assert letters.returncode == 0, letters.stderr.decode()
    assert verified.stdout.decode().splitlines()[-1] == "0 violations", verified
    assert examined.returncode == 0, examined.stdout.decode()
    said_by_us = [text.decode() for text in (submitted.stderr, verified.stderr, examined.stdout, examined.stderr)]
    for said in (worker.log.read_text(), web.log.read_text(), *said_by_us):
        assert PASSWORD not in said


async def test_with_a_wrong_password_everything_ends_with_one_line_that_names_the_settings(
    deployment: Deployment,
) -> None:
    ports = {"ORDERFLOW_HTTP_PORT": str(free_port()), "ORDERFLOW_OPS_PORT": str(free_port())}
    deployment.environment |= {"ORDERFLOW_KAFKA_PASSWORD": "a wrong one", **ports}
    words = (["worker"], ["web"], ["init"], ["submit", "-"], ["verify"], ["dlq", "list"])
    ended = await asyncio.gather(*(orderflow(deployment, *some) for some in words))
    for process in ended:
        errors = [line for line in process.stderr.decode().splitlines() if line.startswith("Error")]
        assert process.returncode != 0
        assert len(errors) == 1, process
        assert "ORDERFLOW_KAFKA_USERNAME" in errors[0]
        assert "Traceback" not in process.stderr.decode()
        assert "a wrong one" not in (process.stderr + process.stdout).decode()


async def test_a_login_in_plain_words_and_a_certificate_let_us_in_as_well(kafka: SecuredKafka) -> None:
    plain = {"kafka_sasl_mechanism": "PLAIN", "kafka_username": "plain"}
    certificate = {
        "kafka_brokers": kafka.ssl,
        "kafka_security_protocol": "SSL",
        "kafka_cert_file": str(kafka.certificates.client),
    }
    for changed in (plain, certificate):
        async with kafka_admin(access(kafka, changed)) as admin:
            assert await admin.list_topics() is not None


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"kafka_username": "nobody"}, "does not accept the user 'nobody'.*ORDERFLOW_KAFKA_USERNAME"),
        ({"kafka_sasl_mechanism": "SCRAM-SHA-256"}, "lets nobody in by SASL_SSL and SCRAM-SHA-256"),
        ({"kafka_ca_file": ""}, "certificate that is not trusted.*ORDERFLOW_KAFKA_CA_FILE"),
    ],
)
async def test_what_is_refused_for_good_is_said(kafka: SecuredKafka, changed: Mapping[str, str], said: str) -> None:
    with pytest.raises(KafkaRefusalError, match=said) as refused:
        await knock(access(kafka, changed))
    assert PASSWORD not in str(refused.value)


async def test_one_who_speaks_in_the_clear_is_told_what_may_be_expected(kafka: SecuredKafka) -> None:
    with pytest.raises(KafkaConnectionError, match="ORDERFLOW_KAFKA_SECURITY_PROTOCOL=PLAINTEXT"):
        await knock(access(kafka, {"kafka_security_protocol": "PLAINTEXT"}))


async def test_one_without_the_certificate_that_is_wanted_is_told_of_it(kafka: SecuredKafka) -> None:
    with pytest.raises((KafkaConnectionError, KafkaRefusalError), match="_CERT_FILE"):
        await knock(access(kafka, {"kafka_brokers": kafka.ssl, "kafka_security_protocol": "SSL"}))


async def test_a_broker_that_speaks_in_the_clear_does_not_get_the_password(
    kafka: SecuredKafka, kafka_brokers: str
) -> None:
    with pytest.raises(KafkaConnectionError, match="ORDERFLOW_KAFKA_SECURITY_PROTOCOL=SASL_SSL"):
        await knock(access(kafka, {"kafka_brokers": kafka_brokers}))


def access(kafka: SecuredKafka, changed: Mapping[str, str]) -> KafkaAccess:
    named = {name.removeprefix("ORDERFLOW_").lower(): value for name, value in kafka.environment(0).items()}
    return KafkaAccess.of(Settings(**named | changed))  # type: ignore[arg-type] - as pydantic reads them
