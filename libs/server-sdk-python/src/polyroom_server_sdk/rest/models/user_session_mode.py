from typing import Literal, cast

UserSessionMode = Literal["multi", "single"]


def check_user_session_mode(value: str) -> UserSessionMode:
    return cast(UserSessionMode, value)
