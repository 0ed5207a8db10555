from typing import Literal, cast

AppEventType = Literal[
    "limit.reached",
    "message.deleted",
    "message.sent",
    "recording.fileReady",
    "room.closed",
    "room.opened",
    "session.ended",
    "session.started",
    "stream.added",
    "stream.muted",
    "stream.removed",
    "user.joined",
    "user.left",
    "user.reconnected",
    "user.reconnecting",
    "webhook.disabled",
    "webhook.test",
]


def check_app_event_type(value: str) -> AppEventType:
    return cast(AppEventType, value)
