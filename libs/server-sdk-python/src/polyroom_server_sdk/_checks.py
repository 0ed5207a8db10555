"""The rules for arguments, as the servers have them."""

from __future__ import annotations

import re
from typing import Any, NamedTuple, Optional

from ._errors import ArgumentError

_caller_id = re.compile(r"[0-9A-Za-z~!@#$%^&*()_+=\-`;',.<>\\]+")
_stream_id = re.compile(r"[0-9A-Za-z_-]+")


class _Rule(NamedTuple):
    name: str
    pattern: re.Pattern[str]
    max_bytes: int
    empty: int
    too_long: int
    charset: int
    charset_problem: str


_reserved = "contains a character that is not allowed, or begins with '$', which is reserved"
_rules = {
    "user_id": _Rule("user ID", _caller_id, 63, 1002005, 1002007, 1002006, f"The user ID {_reserved}"),
    "room_id": _Rule("room ID", _caller_id, 127, 1002011, 1002013, 1002012, f"The room ID {_reserved}"),
    "stream_id": _Rule(
        "stream ID",
        _stream_id,
        255,
        1000015,
        1000014,
        1000016,
        "The stream ID may contain only digits, English letters, '-' and '_'",
    ),
}


class Violation(NamedTuple):
    code: int
    problem: str


def find_id_violation(kind: str, value: Any) -> Optional[Violation]:
    """The rule that an ID violates. Order: empty, length, characters."""
    rule = _rules[kind]
    if value is None or value == "":
        return Violation(rule.empty, f"The {rule.name} is empty")
    if not isinstance(value, str):
        return Violation(rule.charset, rule.charset_problem)
    if len(value.encode("utf-8", "surrogatepass")) > rule.max_bytes:
        return Violation(rule.too_long, f"The {rule.name} is longer than {rule.max_bytes} bytes")
    if not rule.pattern.fullmatch(value) or value.startswith("$"):
        return Violation(rule.charset, rule.charset_problem)
    return None


def check_id(kind: str, argument: str, value: Any) -> None:
    violation = find_id_violation(kind, value)
    if violation is not None:
        raise ArgumentError(argument, violation.problem, violation.code)


def check_integer(argument: str, value: Any, lowest: int, highest: int, note: str = "") -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not lowest <= value <= highest:
        raise ArgumentError(argument, f"must be a whole number from {lowest} to {highest}{note}")


def check_filled_list(argument: str, value: Any, advice: str) -> None:
    """An empty list is refused: it may come from a mistake, and grants nothing. `advice` names the alternative."""
    if not isinstance(value, (list, tuple)) or len(value) == 0:
        raise ArgumentError(argument, f"must be a list with at least one entry; {advice}")


def check_string(argument: str, value: Any) -> None:
    if not isinstance(value, str) or value == "":
        raise ArgumentError(argument, "must be a string that is not empty")


def check_clock(value: Any) -> None:
    if value is not None and (isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < 2**40):
        raise ArgumentError("now", "must be a number of seconds since 1970")


def encode_text(value: Any) -> Optional[bytes]:
    """The UTF-8 of a text, or None for anything else, such as a lone surrogate."""
    try:
        return value.encode("utf-8") if isinstance(value, str) else None
    except UnicodeEncodeError:
        return None
