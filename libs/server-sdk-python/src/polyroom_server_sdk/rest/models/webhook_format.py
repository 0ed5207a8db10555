from typing import Literal, cast

WebhookFormat = Literal["standard", "zego"]


def check_webhook_format(value: str) -> WebhookFormat:
    return cast(WebhookFormat, value)
