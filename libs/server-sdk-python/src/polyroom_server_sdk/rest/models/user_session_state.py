from typing import Literal, cast

UserSessionState = Literal["live", "suspended"]


def check_user_session_state(value: str) -> UserSessionState:
    return cast(UserSessionState, value)
