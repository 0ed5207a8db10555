from typing import Literal, cast

InstanceService = Literal[
    "auth", "gateway", "interop", "media", "messaging", "recorder", "room", "webhooks"
]


def check_instance_service(value: str) -> InstanceService:
    return cast(InstanceService, value)
