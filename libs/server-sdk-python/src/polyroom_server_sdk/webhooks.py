"""Signatures of requests between servers, and of ZEGO's callbacks."""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import Any, List, NamedTuple, NoReturn, Optional, Sequence, Union

from ._checks import check_clock, check_filled_list, check_integer, check_string, encode_text
from ._errors import ArgumentError, WebhookSignatureError
from ._token_options import current_time

#: The header that carries the signature.
WEBHOOK_SIGNATURE_HEADER = "Polyroom-Signature"

#: As many as the hash has (RFC 7518, section 3.2).
_SECRET_MIN_BYTES = 32
_DEFAULT_TOLERANCE_SECONDS = 300
_timestamp = re.compile(r"0|[1-9][0-9]{0,11}")
_sha256 = re.compile(r"[0-9a-f]{64}")
_sha1 = re.compile(r"[0-9a-f]{40}")

Body = Union[str, bytes, bytearray, memoryview]


def sign_webhook(*, body: Body, secrets: Sequence[str], now: Optional[float] = None) -> str:
    """Returns the value of ``Polyroom-Signature`` for a body.

    ``secrets``: one, or two during a rotation; at least 32 bytes each.
    """
    data = _read_body(body)
    check_filled_list("secrets", secrets, "name two during a rotation")
    for index, secret in enumerate(secrets):
        _check_secret(f"secrets[{index}]", secret)
    check_clock(now)
    timestamp = str(int(current_time(now)))
    return ",".join([f"t={timestamp}", *(f"v1={_sign(data, secret, timestamp).hex()}" for secret in secrets)])


def verify_webhook(
    *,
    header: Optional[str],
    body: Body,
    secret: str,
    tolerance_seconds: int = _DEFAULT_TOLERANCE_SECONDS,
    now: Optional[float] = None,
) -> None:
    """Raises a WebhookSignatureError unless the body is signed with the secret, not long ago.

    ``header``: the value of ``Polyroom-Signature``, None if the request has none.
    ``body``: as it arrived, before any parsing.
    """
    data = _read_body(body)
    _check_secret("secret", secret)
    check_integer("tolerance_seconds", tolerance_seconds, 1, 86_400)
    check_clock(now)
    parsed = _parse_header(header) if isinstance(header, str) else None
    if parsed is None:
        _refuse("malformed")
    expected = _sign(data, secret, parsed.timestamp)
    # All of them are compared, so that the time does not depend on which one matches.
    matches = [hmac.compare_digest(signature, expected) for signature in parsed.signatures]
    if not any(matches):
        _refuse("mismatch")
    _check_age(parsed.timestamp, tolerance_seconds, now)


def sign_zego_callback(callback_secret: str, timestamp: Union[str, int], nonce: Union[str, int]) -> str:
    """Returns ZEGO's signature of a callback."""
    check_string("callback_secret", callback_secret)
    return _zego_digest(callback_secret, timestamp, nonce).hex()


def verify_zego_callback(
    *,
    signature: Optional[str],
    timestamp: Union[str, int],
    nonce: Union[str, int],
    callback_secret: str,
    tolerance_seconds: int = _DEFAULT_TOLERANCE_SECONDS,
    now: Optional[float] = None,
) -> None:
    """Raises a WebhookSignatureError unless the callback is signed with the CallbackSecret. The body is not signed."""
    check_string("callback_secret", callback_secret)
    check_integer("tolerance_seconds", tolerance_seconds, 1, 86_400)
    check_clock(now)
    if not isinstance(signature, str) or not _sha1.fullmatch(signature) or not _timestamp.fullmatch(str(timestamp)):
        _refuse("malformed")
    if not hmac.compare_digest(bytes.fromhex(signature), _zego_digest(callback_secret, timestamp, nonce)):
        _refuse("mismatch")
    _check_age(str(timestamp), tolerance_seconds, now)


class _Header(NamedTuple):
    timestamp: str
    signatures: List[bytes]


def _parse_header(header: str) -> Optional[_Header]:
    """None without exactly one timestamp and at least one ``v1``. Other schemes are skipped: later versions add some."""
    items = [item.strip(" \t") for item in header.split(",")]
    timestamps = [item[2:] for item in items if item.startswith("t=")]
    signatures = [item[3:] for item in items if item.startswith("v1=")]
    if len(timestamps) != 1 or not _timestamp.fullmatch(timestamps[0]) or not signatures:
        return None
    if not all(_sha256.fullmatch(signature) for signature in signatures):
        return None
    return _Header(timestamps[0], [bytes.fromhex(signature) for signature in signatures])


def _sign(body: bytes, secret: str, timestamp: str) -> bytes:
    return hmac.new(secret.encode("utf-8"), timestamp.encode("ascii") + b"." + body, hashlib.sha256).digest()


def _zego_digest(callback_secret: str, timestamp: Union[str, int], nonce: Union[str, int]) -> bytes:
    values = sorted(str(value).encode("utf-8") for value in (callback_secret, timestamp, nonce))
    return hashlib.sha1(b"".join(values)).digest()


def _check_age(timestamp: str, tolerance_seconds: int, now: Optional[float]) -> None:
    if abs(current_time(now) - int(timestamp)) > tolerance_seconds:
        _refuse("stale")


def _read_body(body: Any) -> bytes:
    data = bytes(body) if isinstance(body, (bytes, bytearray, memoryview)) else encode_text(body)
    if data is not None:
        return data
    raise ArgumentError("body", "must be the bytes or the text of the request, not a parsed object")


def _check_secret(argument: str, secret: Any) -> None:
    text = encode_text(secret)
    if text is None or len(text) < _SECRET_MIN_BYTES:
        raise ArgumentError(argument, f"must have at least {_SECRET_MIN_BYTES} bytes")


def _refuse(reason: str) -> NoReturn:
    raise WebhookSignatureError(reason)
