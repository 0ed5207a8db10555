"""Verification of tokens of both kinds, with the rules and codes of the servers."""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import math
import re
import struct
from dataclasses import dataclass
from typing import Any, Dict, List, NoReturn, Optional, Tuple, Union

from ._checks import check_clock, check_string, find_id_violation
from ._errors import TokenError
from ._token_options import (
    DEFAULT_MAX_LIFETIME_SECONDS,
    RIGHTS,
    TOKEN_MAX_CHARS,
    RoomGrant,
    check_app_id,
    check_max_lifetime,
    check_secret,
    current_time,
    secret_id_of,
    without_wildcards,
)
from .token04 import GCM_MODE, NONCE_BYTES, PREFIX, aes_gcm
from .tokens import encode_base64url, sign

#: Tolerance for a clock of an application server that is ahead of ours.
_CLOCK_SKEW_SECONDS = 10
_TAG_BYTES = 16
_HEAD_BYTES = 8 + 2 + NONCE_BYTES + 2
_base64url = re.compile(r"[A-Za-z0-9_-]+")
_messages = {
    1000017: "The AppID of the token is not valid.",
    1001000: "The AppID is 0.",
    1002033: "The token is wrong or has expired.",
    1002074: "The token could not be read.",
    1002075: "The token is malformed.",
    1002076: "The token belongs to another AppID.",
    1002078: "The token has expired, is not yet valid, or exceeds the maximum lifetime of the cluster.",
    1002080: "The nonce of the token is not an integer.",
}


@dataclass(frozen=True)
class VerifiedToken:
    """The content of a valid token. Times are Unix seconds."""

    user_id: str
    rooms: Union[str, Tuple[RoomGrant, ...]]
    streams: Union[str, Tuple[str, ...]]
    max_rooms: Optional[int]
    issued_at: int
    expires_at: float


def verify_token(
    token: str,
    *,
    app_id: int,
    secret: str,
    max_lifetime_seconds: int = DEFAULT_MAX_LIFETIME_SECONDS,
    now: Optional[float] = None,
) -> VerifiedToken:
    """Returns the content of a native token or token04, checked as the servers check it. Raises a TokenError."""
    check_string("token", token)
    check_app_id(app_id)
    check_secret(secret)
    check_max_lifetime(max_lifetime_seconds)
    check_clock(now)
    if len(token) > TOKEN_MAX_CHARS or not token.isascii():
        _refuse(1002033)
    verify = _verify_token04 if token.startswith(PREFIX) else _verify_native
    return verify(token, app_id, secret, max_lifetime_seconds, current_time(now))


def _verify_native(token: str, app_id: int, secret: str, max_lifetime: int, now: float) -> VerifiedToken:
    parts = token.split(".")
    if len(parts) != 3:
        _refuse(1002033)
    header = _load_json(_decode_base64url(parts[0]), 1002033)
    # The algorithm is fixed: that of the header is compared, never followed.
    if header.get("alg") != "HS256" or "crit" in header or header.get("kid") != secret_id_of(secret):
        _refuse(1002033)
    expected = sign(f"{parts[0]}.{parts[1]}", secret)
    if not hmac.compare_digest(expected, _decode_base64url(parts[2])):
        _refuse(1002033)
    claims = _load_json(_decode_base64url(parts[1]), 1002074)
    _check_claims(claims)
    if claims["app"] != app_id:
        _refuse(1002076)
    issued_at = _check_lifetime(claims.get("iat"), claims["exp"], max_lifetime, now)
    if "nbf" in claims and claims["nbf"] > now + _CLOCK_SKEW_SECONDS:
        _refuse(1002078, "The token is not valid yet.")
    rooms = claims.get("rooms")
    streams = claims.get("streams")
    return VerifiedToken(
        user_id=claims["user"],
        rooms="any" if rooms is None else tuple(_read_room(room) for room in rooms),
        streams="any" if streams is None else tuple(streams),
        max_rooms=claims.get("max_rooms"),
        issued_at=issued_at,
        expires_at=claims["exp"],
    )


def _check_claims(claims: Dict[str, Any]) -> None:
    app = claims.get("app")
    if not _is_integer(app) or app > 0xFFFFFFFF:
        _refuse(1000017)
    if app < 1:
        _refuse(1001000)
    _check_id("user_id", claims.get("user"))
    if "rooms" in claims:
        _require(isinstance(claims["rooms"], list))
        for room in claims["rooms"]:
            _require(isinstance(room, dict))
            if "pattern" not in room or "id" in room:
                _check_id("room_id", room.get("id"))
            if "pattern" in room:
                _check_id("room_id", without_wildcards(room["pattern"]))
            rights = room.get("rights")
            _require(isinstance(rights, list) and all(right in RIGHTS for right in rights))
            if "streams" in room:
                _check_stream_patterns(room["streams"])
            _require(set(room) <= {"id", "pattern", "rights", "streams"} and ("id" in room) != ("pattern" in room))
    if "streams" in claims:
        _check_stream_patterns(claims["streams"])
    if "max_rooms" in claims:
        _require(_is_integer(claims["max_rooms"]) and claims["max_rooms"] >= 1)
    _require(all(_is_number(claims[name]) for name in ("iat", "nbf") if name in claims))
    _require(_is_number(claims.get("exp")) and claims["exp"] <= 2**40)
    _require(isinstance(claims.get("jti"), str) and 1 <= len(claims["jti"]) <= 64)
    _require(set(claims) <= {"app", "user", "rooms", "streams", "max_rooms", "iat", "nbf", "exp", "jti"})


def _check_stream_patterns(streams: Any) -> None:
    _require(isinstance(streams, list))
    for pattern in streams:
        _check_id("stream_id", without_wildcards(pattern))


def _read_room(room: Dict[str, Any]) -> RoomGrant:
    streams = room.get("streams")
    return RoomGrant(
        room_id=room.get("id"),
        rights=tuple(room["rights"]),
        room_pattern=room.get("pattern"),
        streams=None if streams is None else tuple(streams),
    )


def _verify_token04(token: str, app_id: int, secret: str, max_lifetime: int, now: float) -> VerifiedToken:
    text = token[len(PREFIX) :]
    try:
        wire = base64.b64decode(text, validate=True)
    except binascii.Error:
        _refuse(1002033)
    # Each token has exactly one encoding.
    if base64.b64encode(wire).decode("ascii") != text or len(wire) < _HEAD_BYTES + _TAG_BYTES + 1:
        _refuse(1002033)
    clear_expire, nonce_length = struct.unpack_from(">qH", wire)
    (sealed_length,) = struct.unpack_from(">H", wire, 10 + NONCE_BYTES)
    if (
        nonce_length != NONCE_BYTES
        or sealed_length < _TAG_BYTES
        or len(wire) != _HEAD_BYTES + sealed_length + 1
        or wire[-1] != GCM_MODE
    ):
        _refuse(1002033)
    content = _load_json(_unseal(secret, wire[10 : 10 + NONCE_BYTES], wire[_HEAD_BYTES:-1]), 1002074)
    _require(_is_number(content.get("app_id")))
    _check_id("user_id", content.get("user_id"))
    _require(_is_number(content.get("ctime")))
    expire = content.get("expire")
    _require(_is_integer(expire) and expire <= 2**40)
    payload = content.get("payload", "")
    _require(isinstance(payload, str))
    if expire != clear_expire:
        _refuse(1002033)
    if content["app_id"] != app_id:
        _refuse(1002076)
    if not _is_integer(content.get("nonce")) or not -(2**31) <= content["nonce"] < 2**31:
        _refuse(1002080)
    issued_at = _check_lifetime(content["ctime"], expire, max_lifetime, now)
    rooms, streams = _read_payload(payload)
    return VerifiedToken(content["user_id"], rooms, streams, None, issued_at, expire)


def _unseal(secret: str, nonce: bytes, sealed: bytes) -> bytes:
    cipher = aes_gcm(secret)
    from cryptography.exceptions import InvalidTag

    try:
        return cipher.decrypt(nonce, sealed, None)
    except InvalidTag:
        _refuse(1002033)


def _read_payload(payload: str) -> Tuple[Union[str, Tuple[RoomGrant, ...]], Union[str, Tuple[str, ...]]]:
    """An empty payload grants everything; any other must be a privilege payload, because ignoring it would, too."""
    if payload == "":
        return "any", "any"
    content = _load_json(payload.encode("utf-8", "surrogatepass"), 1002075)
    _check_id("room_id", content.get("room_id"))
    privilege = content.get("privilege")
    _require(isinstance(privilege, dict))
    login, publish = privilege.get("1", 0), privilege.get("2", 0)
    _require(all(_is_number(flag) and flag in (0, 1) for flag in (login, publish)))
    streams = content.get("stream_id_list")
    if streams is not None:
        _require(isinstance(streams, list))
        for stream_id in streams:
            _check_id("stream_id", stream_id)
    rights = (("login", "subscribe", "message") if login else ()) + (("publish", "share") if publish else ())
    return (RoomGrant(content["room_id"], rights),), tuple(streams) if streams else "any"


def _check_lifetime(issued_at: Optional[float], expires_at: float, max_lifetime: int, now: float) -> int:
    """The time of issue: now at the latest, because one in the future would make any lifetime look short."""
    if expires_at <= now:
        _refuse(1002078)
    begin = min(now if issued_at is None else issued_at, now)
    if expires_at - begin > max_lifetime + _CLOCK_SKEW_SECONDS:
        _refuse(1002078, f"The token expires too late: it may be valid for {max_lifetime} seconds at most.")
    return math.floor(begin)


def _refuse(code: int, message: Optional[str] = None) -> NoReturn:
    # Without the cause: it would reveal how far a forgery passed, or quote the content.
    raise TokenError(code, _messages[code] if message is None else message) from None


def _require(condition: bool) -> None:
    if not condition:
        _refuse(1002075)


def _check_id(kind: str, value: Any) -> None:
    violation = find_id_violation(kind, value if isinstance(value, str) else None)
    if violation is not None:
        _refuse(violation.code, f"{violation.problem}.")


def _is_number(value: Any) -> bool:
    if isinstance(value, bool):
        return False
    return isinstance(value, int) or (isinstance(value, float) and math.isfinite(value))


def _is_integer(value: Any) -> bool:
    return _is_number(value) and value == math.floor(value)


def _decode_base64url(text: str) -> bytes:
    if not _base64url.fullmatch(text) or len(text) % 4 == 1:
        _refuse(1002033)
    value = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if encode_base64url(value) != text:
        _refuse(1002033)
    return value


def _load_json(text: bytes, code: int) -> Dict[str, Any]:
    """A JSON object; `code` for other bytes. Any other JSON, or one that has a name twice, is malformed."""
    try:
        value = json.loads(text.decode("utf-8"), parse_constant=_no_constant, object_pairs_hook=_unique)
    except _DuplicateName:
        _refuse(1002033 if code == 1002033 else 1002075)
    except (ValueError, RecursionError):
        _refuse(code)
    if not isinstance(value, dict):
        _refuse(1002033 if code == 1002033 else 1002075)
    return value


class _DuplicateName(Exception):
    pass


def _unique(pairs: List[Tuple[str, Any]]) -> Dict[str, Any]:
    """Parsers disagree on which of two members of the same name counts."""
    value = dict(pairs)
    if len(value) != len(pairs):
        raise _DuplicateName
    return value


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")
