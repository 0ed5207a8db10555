from typing import Literal, cast

UsageGetBy = Literal["app", "day", "hour", "room", "user"]


def check_usage_get_by(value: str) -> UsageGetBy:
    return cast(UsageGetBy, value)
