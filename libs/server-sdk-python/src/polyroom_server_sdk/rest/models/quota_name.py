from typing import Literal, cast

QuotaName = Literal[
    "maxBans", "maxInteropSessions", "maxRooms", "maxSessions", "maxUsers"
]


def check_quota_name(value: str) -> QuotaName:
    return cast(QuotaName, value)
