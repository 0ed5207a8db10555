"""What tokens of both kinds have."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from typing import Any, Optional, Sequence

from ._checks import check_clock, check_filled_list, check_id, check_integer, encode_text
from ._errors import ArgumentError

#: The longest validity that the servers accept, unless POLYROOM_MAX_GRANT_SECONDS of the cluster says otherwise.
DEFAULT_MAX_LIFETIME_SECONDS = 24 * 86_400
#: The longest token that the servers accept.
TOKEN_MAX_CHARS = 8192
RIGHTS = (
    "login",
    "publish",
    "subscribe",
    "message",
    "share",
    "media",
    "data",
    "sendMessages",
    "readMessages",
    "attributes",
    "hidden",
)

_SECRET_BYTES = 32
_max_lifetime_bounds = (60, 366 * 86_400)


@dataclass(frozen=True)
class RoomGrant:
    """The rights in one room, or in the rooms that match a pattern.

    ``rights``: ``login``, ``publish`` (``media`` and ``data``), ``subscribe``, ``message`` (``sendMessages``,
    ``readMessages`` and ``attributes``), ``share``, ``hidden``.
    ``room_pattern``: instead of ``room_id``, a room ID in which each ``*`` stands for any characters.
    ``streams``: the streams that the user may publish or share there, IDs or patterns; None allows any.
    """

    room_id: Optional[str] = None
    rights: Sequence[str] = ()
    room_pattern: Optional[str] = None
    streams: Optional[Sequence[str]] = None


def check_base_options(
    app_id: int,
    user_id: str,
    secret: str,
    effective_time_seconds: int,
    max_lifetime_seconds: int,
    now: Optional[float],
) -> None:
    check_app_id(app_id)
    check_id("user_id", "user_id", user_id)
    check_secret(secret)
    check_max_lifetime(max_lifetime_seconds)
    note = ", the longest validity that the servers accept (POLYROOM_MAX_GRANT_SECONDS)"
    check_integer("effective_time_seconds", effective_time_seconds, 1, max_lifetime_seconds, note)
    check_clock(now)


def check_app_id(app_id: Any) -> None:
    if app_id == 0 and not isinstance(app_id, bool):
        raise ArgumentError("app_id", "must be a whole number from 1 to 4294967295", 1001000)
    check_integer("app_id", app_id, 1, 0xFFFFFFFF)


def check_secret(secret: Any) -> None:
    text = encode_text(secret)
    if text is None or len(text) != _SECRET_BYTES:
        found = "is no string" if text is None else f"has {len(text)}"
        raise ArgumentError(
            "secret", f"must be the ServerSecret of the AppID, which has {_SECRET_BYTES} bytes; this one {found}"
        )


def check_max_lifetime(max_lifetime_seconds: Any) -> None:
    check_integer("max_lifetime_seconds", max_lifetime_seconds, *_max_lifetime_bounds)


def check_rights(argument: str, rights: Any, allowed: Sequence[str] = RIGHTS) -> None:
    names = ", ".join(allowed)
    check_filled_list(argument, rights, f"there are {names}")
    for index, right in enumerate(rights):
        if right not in allowed:
            raise ArgumentError(f"{argument}[{index}]", f"must be one of {names}")


def check_streams(argument: str, streams: Any) -> None:
    if streams is not None:
        check_filled_list(argument, streams, "leave it out to allow any stream ID")
        for index, stream_id in enumerate(streams):
            check_id("stream_id", f"{argument}[{index}]", stream_id)


def check_stream_patterns(argument: str, streams: Any) -> None:
    if streams is not None:
        check_filled_list(argument, streams, "leave it out to allow any stream ID")
        for index, pattern in enumerate(streams):
            check_pattern("stream_id", f"{argument}[{index}]", pattern)


def check_pattern(kind: str, argument: str, pattern: Any) -> None:
    """As the servers: an ID once each ``*`` is one character."""
    check_id(kind, argument, without_wildcards(pattern))


def without_wildcards(pattern: Any) -> Any:
    return pattern.replace("*", "x") if isinstance(pattern, str) else pattern


def check_token_length(token: str, argument: str) -> str:
    if len(token) > TOKEN_MAX_CHARS:
        problem = f"makes a token longer than the servers accept ({TOKEN_MAX_CHARS} characters)"
        raise ArgumentError(argument, f"{problem}; name fewer rooms or streams")
    return token


def secret_id_of(secret: str) -> str:
    """The ``kid`` of native tokens."""
    return hashlib.sha256(b"polyroom secret id\n" + secret.encode("utf-8")).hexdigest()[:16]


def current_time(now: Optional[float]) -> float:
    return time.time() if now is None else now
