"""API keys: each is new, and only its digest is kept."""

import secrets
from dataclasses import asdict, replace

import pytest
from click.testing import CliRunner

from orderflow.access.api_keys import ApiKey, digest_of, is_name, key_id_of, new_key
from orderflow.access.errors import CredentialsRefusedError
from orderflow.access.principal import Principal, Scope
from orderflow.cli import main
from tests.builders import NOW


def made(client_id: str | None = None) -> tuple[str, ApiKey]:
    scopes = frozenset([Scope.READ])
    return new_key(name="shop", scopes=scopes, client_id=client_id, now=NOW, random=secrets.token_bytes)


def test_a_key_is_found_by_its_id_and_recognised_by_its_digest() -> None:
    key, kept = made()
    assert key.startswith("ofk_")
    assert key_id_of(key) == kept.key_id
    kept.check(digest_of(key))


def test_nothing_of_the_secret_is_kept() -> None:
    key, kept = made()
    secret = key.removeprefix(f"ofk_{kept.key_id}_")
    assert len(secret) == 43
    assert secret not in repr(asdict(kept))


def test_no_two_keys_are_alike() -> None:
    assert len({made()[0] for _ in range(100)}) == 100


def test_another_secret_under_the_same_id_is_not_the_key() -> None:
    (key, kept), (other, _) = made(), made()
    with pytest.raises(CredentialsRefusedError, match="not known"):
        kept.check(digest_of(key[:21] + other[21:]))


def test_a_revoked_key_says_so_only_to_who_has_it() -> None:
    key, kept = made()
    revoked = replace(kept, revoked_at=NOW)
    with pytest.raises(CredentialsRefusedError, match="revoked"):
        revoked.check(digest_of(key))
    with pytest.raises(CredentialsRefusedError, match="not known"):
        revoked.check(digest_of("a guess"))


def test_keys_of_one_name_are_one_principal() -> None:
    assert made("c-1")[1].principal == made("c-1")[1].principal
    assert made("c-1")[1].principal == Principal(name="key:shop", scopes=frozenset([Scope.READ]), client_id="c-1")


@pytest.mark.parametrize("text", ["", "ofk_", "ofk_" + "0" * 16, "ofk_../../etc", "ofk_" + "g" * 16 + "_" + "A" * 43])
def test_what_does_not_look_like_a_key_is_not_looked_up(text: str) -> None:
    with pytest.raises(CredentialsRefusedError, match="not known"):
        key_id_of(text)


def test_a_name_is_a_short_line() -> None:
    assert is_name("shop backend, blue")
    assert not any(map(is_name, ("", "x" * 101, "two\nlines", "\x1b[31m")))


def test_no_key_of_one_client_is_made_to_administer_them_all() -> None:
    asked = ["keys", "create", "--name", "shop", "--client", "client-1", "--scope", "orders:read", "--scope", "admin"]
    ended = CliRunner().invoke(main, asked)
    assert ended.exit_code == 2
    assert "admin is about all clients" in ended.output
