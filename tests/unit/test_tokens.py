"""Tokens: only what a known key signed for us is let through, and every forgery is refused with a reason of ours."""

import hashlib
import hmac
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderflow.access.errors import CredentialsRefusedError
from orderflow.access.principal import Principal, Scope
from orderflow.access.token_keys import key_set, public_key, secret_key
from orderflow.access.tokens import LEEWAY_SECONDS, TokenRules, key_id_of, verify
from tests.unit.token_forge import (
    AUDIENCE,
    EC,
    ISSUER,
    OTHER_RSA,
    RSA,
    RULES,
    SECRET,
    claims,
    forged,
    jwk,
    key_set_of,
    public_pem,
    token,
)

KEYS = [secret_key(SECRET), public_key(public_pem(RSA)), public_key(public_pem(EC))]
SET = key_set(key_set_of(jwk(RSA, kid="r1"), jwk(EC, kid="e1")))


def refusal_of(presented: str, keys: Any = KEYS, rules: TokenRules = RULES) -> str:  # noqa: ANN401
    with pytest.raises(CredentialsRefusedError) as refused:
        verify(presented, keys, rules)
    return str(refused.value)


@pytest.mark.parametrize(("key", "algorithm"), [(SECRET, "HS256"), (RSA, "RS256"), (EC, "ES256")])
def test_a_good_token_says_who_asks_what_for_and_how_long(key: object, algorithm: str) -> None:
    expires = int(time.time()) + 50
    verified = verify(token(key, algorithm, exp=expires), KEYS, RULES)
    assert verified.expires_at == expires
    assert verified.principal == Principal(name=f"jwt:{ISSUER} alice", scopes=frozenset([Scope.READ, Scope.WRITE]))


def test_a_key_set_is_searched_by_the_name_of_the_key_or_through() -> None:
    assert verify(token(RSA, "RS256", "r1"), SET, RULES)
    assert verify(token(EC, "ES256"), SET, RULES)
    assert key_id_of(token(RSA, "RS256", "r1")) == "r1"


HOUR = 3_600
NOW = int(time.time())


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"exp": NOW - HOUR}, "has expired"),
        ({"nbf": NOW + HOUR}, "not valid yet"),
        ({"iat": NOW + HOUR}, "not valid yet"),
        ({"aud": "somebody-else"}, "another audience"),
        ({"aud": [AUDIENCE.upper()]}, "another audience"),
        ({"aud": None}, "lacks the claim aud"),
        ({"iss": "https://evil.example"}, "another issuer"),
        ({"iss": None}, "lacks the claim iss"),
        ({"exp": None}, "lacks the claim exp"),
        ({"sub": None}, "lacks the claim sub"),
        ({"sub": ""}, "printable"),
        ({"sub": "alice\nPOST"}, "printable"),
        ({"exp": float("inf")}, "not well-formed"),
        ({"exp": 10**400}, "not well-formed"),
        ({"exp": "soon"}, "not well-formed"),
        ({"client_id": None, "exp": True}, "has expired"),
    ],
)
def test_a_claim_that_does_not_hold_is_refused(changed: dict[str, Any], reason: str) -> None:
    assert reason in refusal_of(token(**changed))


def test_clocks_may_be_a_little_apart() -> None:
    assert verify(token(exp=int(time.time()) - LEEWAY_SECONDS // 2), KEYS, RULES)


def test_a_token_for_an_audience_is_refused_where_none_is_expected() -> None:
    assert "another audience" in refusal_of(token(), rules=TokenRules())
    assert verify(token(aud=None), KEYS, TokenRules())


@pytest.mark.parametrize("alg", ["none", "None", "NONE", "", None, "HS512", "RS384", "PS256", ["HS256"], 7])
def test_an_algorithm_that_is_no_keys_is_refused(alg: object) -> None:
    header = {"typ": "JWT", "alg": alg}
    assert refusal_of(forged(header, claims()))
    assert refusal_of(forged(header, claims(), b"signature"))


@pytest.mark.parametrize("material", [public_pem(RSA), public_pem(RSA).strip(), public_pem(EC)])
@pytest.mark.parametrize("keys", [KEYS, KEYS[1:], SET])
def test_a_public_key_is_no_secret_to_sign_with(material: bytes, keys: Any) -> None:  # noqa: ANN401
    unsigned = forged({"typ": "JWT", "alg": "HS256"}, claims()).removesuffix(".")
    signature = hmac.new(material, unsigned.encode(), hashlib.sha256).digest()
    confused = f"{unsigned}.{forged(0, 0, signature).rpartition('.')[2]}"
    assert refusal_of(confused, keys)


def test_a_key_of_somebody_else_is_refused() -> None:
    assert "signature" in refusal_of(token(OTHER_RSA, "RS256"))
    assert "signature" in refusal_of(token(OTHER_RSA, "RS256", "r1"), SET)
    assert "signature" in refusal_of(token("another secret of at least 32 bytes"))
    assert "known" in refusal_of(token(RSA, "RS256", "r2"), SET)
    assert "known" in refusal_of(token(SECRET), SET)


def test_a_changed_token_is_refused() -> None:
    good, other = token().split("."), token(sub="mallory").split(".")
    assert "signature" in refusal_of(".".join([good[0], other[1], good[2]]))


@pytest.mark.parametrize(
    "garbage",
    [
        "..",
        "a.b.c",
        "a.b",
        "[" * 8_000,
        forged(0, 0) + "." * 5_000,
        forged([], {}),
        forged({"alg": "HS256", "kid": {"a": 1}}, claims()),
        forged({"alg": "HS256", "crit": ["x"]}, claims()),
        forged({"alg": "HS256", "b64": False, "crit": ["b64"]}, claims()),
        ".".join([forged({"alg": "HS256"}, 0).partition(".")[0], "W1tb" * 5_000, "eA"]),
        "W1tb" * 5_000 + ".e30.eA",
        "\ud800.\ud800.\ud800",
        "ä.ö.ü",
    ],
)
def test_garbage_is_refused_and_not_repeated(garbage: str) -> None:
    assert garbage not in refusal_of(garbage)


@given(st.text())
def test_any_text_is_refused(text: str) -> None:
    refusal_of(text)


@pytest.mark.parametrize("client_id", [7, "", "two words", ["client-1"], {"a": 1}])
def test_a_bond_that_cannot_be_read_is_no_freedom(client_id: object) -> None:
    assert "client_id" in refusal_of(token(client_id=client_id))


def test_a_token_is_bound_by_the_claim_that_the_rules_name() -> None:
    rules = TokenRules(audience=AUDIENCE, client_claim="shop", scope_claim="permissions")
    presented = token(shop="client-1", client_id="client-2", permissions=["admin", "billing:read", 7])
    principal = verify(presented, KEYS, rules).principal
    assert (principal.client_id, principal.scopes) == ("client-1", {Scope.ADMIN})


@pytest.mark.parametrize("said", [None, "", "orders", "ORDERS:READ", 7, {"orders:read": True}])
def test_what_is_no_list_of_scopes_allows_nothing(said: object) -> None:
    assert verify(token(scope=said), KEYS, RULES).principal.scopes == frozenset()


@pytest.mark.parametrize(
    "entry",
    [
        {"kty": "oct", "k": "c2VjcmV0IHRoYXQgaXMgcHVibGlzaGVkLCBzbyBub25l"},
        jwk(RSA, use="enc"),
        jwk(RSA, alg="HS256"),
        jwk(RSA, alg="none"),
        jwk(RSA, kty="EC"),
        {"kty": "RSA"},
        "no object",
        None,
    ],
)
def test_a_key_set_gives_no_key_that_could_be_confused(entry: Any) -> None:  # noqa: ANN401
    with pytest.raises(ValueError, match="key set"):
        key_set(key_set_of(entry))
    assert [key.key_id for key in key_set(key_set_of(entry, jwk(EC, kid="e1")))] == ["e1"]


@pytest.mark.parametrize("document", [b"", b"[]", b"{}", b'{"keys": 1}', b"<html>", b'{"keys": []}'])
def test_what_is_no_key_set_is_not_taken_for_one(document: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        key_set(document)
