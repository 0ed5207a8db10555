"""ZEGO's token04: AES-256-GCM, for which the package `cryptography` is needed.

"04" + base64( int64 expire | uint16 nonce length | nonce | uint16 cipher length | cipher and tag | uint8 mode ),
numbers in big endian; mode 1 is AES-256-GCM.
"""

from __future__ import annotations

import base64
import json
import secrets
import struct
from dataclasses import dataclass
from typing import Any, Optional, Sequence, Union

from ._checks import check_id
from ._errors import ArgumentError
from ._token_options import (
    DEFAULT_MAX_LIFETIME_SECONDS,
    check_base_options,
    check_rights,
    check_streams,
    check_token_length,
    current_time,
)

PREFIX = "04"
NONCE_BYTES = 12
GCM_MODE = 1


@dataclass(frozen=True)
class Token04Room:
    """The one room that a token04 can name.

    Rights: ``login``, which includes ``subscribe`` and ``message``; ``publish``, which includes ``share``.
    ``streams``: the stream IDs that the user may publish; None allows any.
    """

    room_id: str
    rights: Sequence[str]
    streams: Optional[Sequence[str]] = None


def create_token04(
    *,
    app_id: int,
    user_id: str,
    secret: str,
    effective_time_seconds: int,
    room: Union[str, Token04Room],
    max_lifetime_seconds: int = DEFAULT_MAX_LIFETIME_SECONDS,
    now: Optional[float] = None,
) -> str:
    """Makes a token04, the format of ZEGO's generators. Raises an ArgumentError.

    ``room``: the room with its rights, or ``"any"``, which grants every room with all rights.
    """
    check_base_options(app_id, user_id, secret, effective_time_seconds, max_lifetime_seconds, now)
    _check_room(room)
    # A payload of this length makes a longer token; far longer ones do not fit into the length field of a token04.
    payload = check_token_length("" if isinstance(room, str) else _write_payload(room), "room.streams")
    ctime = int(current_time(now))
    expire = ctime + effective_time_seconds
    content = {
        "app_id": app_id,
        "user_id": user_id,
        "nonce": secrets.randbelow(2**32) - 2**31,
        "ctime": ctime,
        "expire": expire,
        "payload": payload,
    }
    nonce = secrets.token_bytes(NONCE_BYTES)
    sealed = aes_gcm(secret).encrypt(nonce, _to_json(content).encode("utf-8"), None)
    wire = struct.pack(">qH", expire, NONCE_BYTES) + nonce + struct.pack(">H", len(sealed)) + sealed + bytes([GCM_MODE])
    return check_token_length(PREFIX + base64.b64encode(wire).decode("ascii"), "room.streams")


def aes_gcm(secret: str) -> Any:
    try:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    except ImportError as cause:
        raise RuntimeError("token04 needs AES: pip install 'polyroom-server-sdk[token04]'") from cause
    return AESGCM(secret.encode("utf-8"))


def _check_room(room: Any) -> None:
    if isinstance(room, str) and room == "any":
        return
    if not isinstance(room, Token04Room):
        raise ArgumentError("room", "must be a Token04Room, or 'any', which grants every room")
    check_id("room_id", "room.room_id", room.room_id)
    check_rights("room.rights", room.rights, ("login", "publish"))
    check_streams("room.streams", room.streams)


def _write_payload(room: Token04Room) -> str:
    """ZEGO's privilege payload: "1" = log in, "2" = publish."""
    return _to_json(
        {
            "room_id": room.room_id,
            "privilege": {"1": int("login" in room.rights), "2": int("publish" in room.rights)},
            "stream_id_list": None if room.streams is None else list(room.streams),
        }
    )


def _to_json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))
