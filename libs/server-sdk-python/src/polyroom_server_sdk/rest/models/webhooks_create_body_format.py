from typing import Literal, cast

WebhooksCreateBodyFormat = Literal["standard", "zego"]


def check_webhooks_create_body_format(value: str) -> WebhooksCreateBodyFormat:
    return cast(WebhooksCreateBodyFormat, value)
