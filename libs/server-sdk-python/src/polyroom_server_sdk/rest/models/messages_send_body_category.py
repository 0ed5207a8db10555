from typing import Literal, cast

MessagesSendBodyCategory = Literal["chat", "system"]


def check_messages_send_body_category(value: str) -> MessagesSendBodyCategory:
    return cast(MessagesSendBodyCategory, value)
