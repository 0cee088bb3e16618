"""A certificate authority for servers under test, its files as servers and clients want them."""

import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import trustme
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key


@dataclass(frozen=True, kw_only=True)
class Certificates:
    """`server` and `client` hold a certificate for 127.0.0.1 and its key, `ca` who signed both, `stranger` another."""

    ca: Path
    server: Path
    client: Path
    stranger: Path

    @classmethod
    def made_in(cls, folder: Path) -> Self:
        authority = trustme.CA()
        made = cls(**{name: folder / f"{name}.pem" for name in ("ca", "server", "client", "stranger")})
        authority.cert_pem.write_to_path(made.ca)
        trustme.CA().cert_pem.write_to_path(made.stranger)
        for file in (made.server, made.client):
            file.write_bytes(_key_and_chain(authority.issue_cert("127.0.0.1", "localhost")))
        return made

    @property
    def of_server(self) -> ssl.SSLContext:
        """What a server in this process answers with."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.server)
        return context


def _key_and_chain(leaf: trustme.LeafCert) -> bytes:
    """The key in the only form that Kafka reads."""
    key = load_pem_private_key(leaf.private_key_pem.bytes(), password=None)
    encoded = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return encoded + b"".join(blob.bytes() for blob in leaf.cert_chain_pems)
