"""Files that came from outside and are believed for their signature alone: minisign's (Ed25519), so that IT can sign
and check with minisign itself, too.

What a signature is for stands in its trusted comment, which is signed with it: "desk company ..." can never be shown as
"desk update ...". Format: https://jedisct1.github.io/minisign/.

Pure functions, any thread."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import minisign

Purpose = Literal["company", "update"]
_MARK = "desk {purpose} "


class NotSigned(Exception):
    """The file is not what one of the keys signed for this purpose. `reason`: "unsigned" (nothing that is a
    signature), "foreign" (another key's), "changed" (file or comment), "purpose" (signed for something else)."""

    def __init__(self, reason: Literal["unsigned", "foreign", "changed", "purpose"]) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class KeyPair:
    """As minisign keeps them in files: `secret` (encrypted with the password), and `public`, one line ("RW...")."""

    secret: str
    public: str


def new_keys(password: str) -> KeyPair:
    """Takes about a second of processor time: the password is stretched (scrypt)."""
    pair = minisign.KeyPair.generate()
    public = pair.public_key.to_base64().decode("ascii")
    pair.secret_key.encrypt(password)
    return KeyPair(bytes(pair.secret_key).decode("utf-8"), public)


def sign(data: bytes, secret: str, password: str, purpose: Purpose, comment: str) -> bytes:
    """The `.minisig` file. `comment`: printable ASCII, one line. Raises `ValueError` where the secret is none, the
    password does not open it, or the comment cannot stand there."""
    key = minisign.SecretKey.from_bytes(secret.encode("utf-8"))
    if key.is_encrypted():
        key.decrypt(password)
    return bytes(key.sign(data, trusted_comment=_MARK.format(purpose=purpose) + comment)) + b"\n"


def proven(data: bytes, signature: bytes, purpose: Purpose, keys: Sequence[str]) -> str:
    """What the signer said of the file, after the purpose. `signature`: a `.minisig` file; `keys`: public keys as
    minisign writes them, one line each. Raises `NotSigned`; `ValueError` where a key is none."""
    publics = {_key_id(key): minisign.PublicKey.from_base64(key.strip()) for key in keys}
    try:
        given = minisign.Signature.from_bytes(signature.rstrip(b"\r\n"))
    except (minisign.ParseError, UnicodeDecodeError) as error:
        raise NotSigned("unsigned") from error
    public = publics.get(_key_id(signature.split(b"\n")[1].decode("ascii")))
    if public is None:
        raise NotSigned("foreign")
    try:
        public.verify(data, given)
    except minisign.VerifyError as error:
        raise NotSigned("changed") from error
    mark = _MARK.format(purpose=purpose)
    if not given.trusted_comment.startswith(mark):
        raise NotSigned("purpose")
    return given.trusted_comment[len(mark) :]


def _key_id(line: str) -> bytes:
    """Eight bytes after the algorithm's two, in a public key and in a signature."""
    return base64.b64decode(line.strip())[2:10]
