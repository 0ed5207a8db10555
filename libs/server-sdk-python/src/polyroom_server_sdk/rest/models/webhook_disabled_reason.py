from typing import Literal, cast

WebhookDisabledReason = Literal["failing", "operator"]


def check_webhook_disabled_reason(value: str) -> WebhookDisabledReason:
    return cast(WebhookDisabledReason, value)
