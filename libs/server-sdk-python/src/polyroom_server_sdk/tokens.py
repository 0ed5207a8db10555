"""Native tokens: a JWS with HS256."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import uuid
from typing import Any, Dict, Optional, Sequence, Union

from ._checks import check_filled_list, check_id, check_integer
from ._errors import ArgumentError
from ._token_options import (
    DEFAULT_MAX_LIFETIME_SECONDS,
    RoomGrant,
    check_base_options,
    check_pattern,
    check_rights,
    check_stream_patterns,
    check_token_length,
    current_time,
    secret_id_of,
)


def create_token(
    *,
    app_id: int,
    user_id: str,
    secret: str,
    effective_time_seconds: int,
    rooms: Union[str, Sequence[RoomGrant]],
    streams: Optional[Sequence[str]] = None,
    max_rooms: Optional[int] = None,
    max_lifetime_seconds: int = DEFAULT_MAX_LIFETIME_SECONDS,
    now: Optional[float] = None,
) -> str:
    """Makes a native token: one token for several rooms, each with its own rights. Raises an ArgumentError.

    ``rooms``: the rooms with their rights, or ``"any"``, which grants every room with all rights.
    ``streams``: the streams that the user may publish, IDs or patterns with ``*``; None allows any.
    ``max_rooms``: the most rooms at the same time, where the AppID allows more.
    ``now``: the time of issue in Unix seconds; None is the current time.
    """
    check_base_options(app_id, user_id, secret, effective_time_seconds, max_lifetime_seconds, now)
    _check_rooms(rooms)
    check_stream_patterns("streams", streams)
    if max_rooms is not None:
        check_integer("max_rooms", max_rooms, 1, 2**53 - 1)
    issued_at = int(current_time(now))
    claims: Dict[str, Any] = {
        "app": app_id,
        "user": user_id,
        "iat": issued_at,
        "nbf": issued_at,
        "exp": issued_at + effective_time_seconds,
        "jti": str(uuid.uuid4()),
    }
    if not isinstance(rooms, str):
        claims["rooms"] = [_room_claim(room) for room in rooms]
    if streams is not None:
        claims["streams"] = list(streams)
    if max_rooms is not None:
        claims["max_rooms"] = max_rooms
    header = {"alg": "HS256", "typ": "JWT", "kid": secret_id_of(secret)}
    signed = f"{_encode_json(header)}.{_encode_json(claims)}"
    token = f"{signed}.{encode_base64url(sign(signed, secret))}"
    return check_token_length(token, "streams" if rooms == "any" else "rooms")


def sign(signed: str, secret: str) -> bytes:
    return hmac.new(secret.encode("utf-8"), signed.encode("ascii"), hashlib.sha256).digest()


def encode_base64url(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode("ascii")


def _check_rooms(rooms: Any) -> None:
    if isinstance(rooms, str) and rooms == "any":
        return
    check_filled_list("rooms", rooms, "'any' grants every room")
    for index, room in enumerate(rooms):
        if not isinstance(room, RoomGrant):
            raise ArgumentError(f"rooms[{index}]", "must be a RoomGrant")
        if room.room_pattern is None:
            check_id("room_id", f"rooms[{index}].room_id", room.room_id)
        elif room.room_id is None:
            check_pattern("room_id", f"rooms[{index}].room_pattern", room.room_pattern)
        else:
            raise ArgumentError(f"rooms[{index}].room_pattern", "must be left out if there is a room_id")
        check_rights(f"rooms[{index}].rights", room.rights)
        check_stream_patterns(f"rooms[{index}].streams", room.streams)


def _room_claim(room: RoomGrant) -> Dict[str, Any]:
    claim: Dict[str, Any] = {"id": room.room_id} if room.room_pattern is None else {"pattern": room.room_pattern}
    claim["rights"] = list(room.rights)
    if room.streams is not None:
        claim["streams"] = list(room.streams)
    return claim


def _encode_json(value: Dict[str, Any]) -> str:
    return encode_base64url(json.dumps(value, separators=(",", ":")).encode("utf-8"))
