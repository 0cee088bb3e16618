"""What settings let nobody start with: a facade that would be more open than somebody means it to be."""

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from orderflow.bootstrap import RefusedStartError
from orderflow.cli import main
from orderflow.gate.check import refuse_gaps
from orderflow.settings import Settings
from tests.unit.token_forge import EC, RSA, jwk, key_set_of, public_pem

KEY = "a-key-of-at-least-thirty-two-characters"
ON: dict[str, Any] = {"auth": "on"}


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


def refusal_of(**settings: Any) -> str:  # noqa: ANN401
    with pytest.raises(RefusedStartError) as refused:
        refuse_gaps(Settings(**settings))
    return str(refused.value)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_without_authentication_it_may_listen_on_loopback(host: str) -> None:
    refuse_gaps(Settings(http_host=host))


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "", "192.168.1.7", "10.0.0.1", "example.org", "localhost.example"])  # noqa: S104
def test_without_authentication_it_listens_nowhere_else(host: str) -> None:
    assert refusal_of(http_host=host).startswith(f"ORDERFLOW_HTTP_HOST={host} ")
    refuse_gaps(Settings(http_host=host, insecure=True))
    refuse_gaps(Settings(http_host=host, **ON))


@pytest.mark.parametrize("role", ["web", "up"])
def test_the_command_says_so_in_one_line(role: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORDERFLOW_HTTP_HOST", "0.0.0.0")  # noqa: S104
    monkeypatch.setenv("ORDERFLOW_KAFKA_BROKERS", "127.0.0.1:1")
    ended = CliRunner().invoke(main, [role])
    assert ended.exit_code == 1
    assert ended.output.startswith("Error: ORDERFLOW_HTTP_HOST=0.0.0.0 ")
    assert ended.output.count("\n") == 1


@pytest.mark.parametrize(
    "given",
    [{"api_key": KEY}, {"jwt_secret": KEY}, {"jwt_jwks": "https://issuer.example/keys"}, {"jwt_public_key": "k"}],
)
def test_credentials_without_authentication_are_a_mistake(given: dict[str, Any]) -> None:
    [name] = given
    assert refusal_of(**given).startswith(f"ORDERFLOW_{name.upper()} is set, but with ORDERFLOW_AUTH=off")


@pytest.mark.parametrize("key", ["short", "x" * 31, "two words that are long enough, but two", "ä" * 40])
def test_a_weak_key_is_refused(key: str) -> None:
    said = refusal_of(**ON, api_key=key)
    assert said.startswith("ORDERFLOW_API_KEY ")
    assert key not in said


def test_a_weak_secret_is_refused() -> None:
    assert refusal_of(**ON, jwt_secret="x" * 31).startswith("ORDERFLOW_JWT_SECRET ")
    refuse_gaps(Settings(**ON, jwt_secret="x" * 32))


def test_keys_that_sign_for_others_too_need_an_audience(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    path.write_bytes(public_pem(RSA))
    for given in ({"jwt_public_key": str(path)}, {"jwt_jwks": "https://issuer.example/keys"}):
        assert refusal_of(**ON, **given).startswith("ORDERFLOW_JWT_AUDIENCE ")
        refuse_gaps(Settings(**ON, **given, jwt_audience="orderflow"))


def test_an_audience_or_issuer_without_keys_is_a_mistake() -> None:
    assert refusal_of(**ON, jwt_audience="a").startswith("ORDERFLOW_JWT_AUDIENCE ")
    assert refusal_of(**ON, api_key=KEY, jwt_issuer="i").startswith("ORDERFLOW_JWT_ISSUER ")


@pytest.mark.parametrize("pem", [b"", b"no key", None])
def test_a_public_key_that_cannot_be_read_is_named(tmp_path: Path, pem: bytes | None) -> None:
    path = tmp_path / "key.pem"
    if pem is not None:
        path.write_bytes(pem)
    said = refusal_of(**ON, jwt_public_key=str(path), jwt_audience="a")
    assert said.startswith(f"ORDERFLOW_JWT_PUBLIC_KEY={path}")


@pytest.mark.parametrize("document", [b"", b"{}", None])
def test_a_key_set_that_cannot_be_read_is_named(tmp_path: Path, document: bytes | None) -> None:
    path = tmp_path / "keys.json"
    if document is not None:
        path.write_bytes(document)
    assert refusal_of(**ON, jwt_jwks=str(path), jwt_audience="a").startswith(f"ORDERFLOW_JWT_JWKS={path}")
    path.write_bytes(key_set_of(jwk(EC)))
    refuse_gaps(Settings(**ON, jwt_jwks=str(path), jwt_audience="a"))


def test_a_key_set_comes_over_tls_or_from_this_machine() -> None:
    plain = {"jwt_jwks": "http://issuer.example/keys", "jwt_audience": "a"}
    assert refusal_of(**ON, **plain).startswith("ORDERFLOW_JWT_JWKS ")
    refuse_gaps(Settings(**ON, **plain, insecure=True))
    refuse_gaps(Settings(**ON, **plain | {"jwt_jwks": "http://127.0.0.1:9/keys"}))


@pytest.mark.parametrize("origins", ["example.org", "https://a.example/", "https://a.example,*", "a b", "https://a,,"])
def test_what_is_no_list_of_origins_is_refused(origins: str) -> None:
    with pytest.raises(ValueError, match="cors_origins"):
        Settings(cors_origins=origins)
    Settings(cors_origins="https://a.example,http://localhost:3000")
    Settings(cors_origins="*")
