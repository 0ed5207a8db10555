from typing import Literal, cast

MessageKind = Literal["broadcast", "command", "deletion", "transparent"]


def check_message_kind(value: str) -> MessageKind:
    return cast(MessageKind, value)
