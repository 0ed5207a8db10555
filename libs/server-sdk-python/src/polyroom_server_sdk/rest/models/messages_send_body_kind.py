from typing import Literal, cast

MessagesSendBodyKind = Literal["barrage", "broadcast", "command", "transparent"]


def check_messages_send_body_kind(value: str) -> MessagesSendBodyKind:
    return cast(MessagesSendBodyKind, value)
