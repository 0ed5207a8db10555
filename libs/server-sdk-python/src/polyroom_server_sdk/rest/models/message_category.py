from typing import Literal, cast

MessageCategory = Literal["chat", "system"]


def check_message_category(value: str) -> MessageCategory:
    return cast(MessageCategory, value)
