from typing import Literal, cast

WebhookTypeType1 = Literal[
    "*",
    "limit.*",
    "message.*",
    "recording.*",
    "room.*",
    "session.*",
    "stream.*",
    "user.*",
    "webhook.*",
]


def check_webhook_type_type_1(value: str) -> WebhookTypeType1:
    return cast(WebhookTypeType1, value)
