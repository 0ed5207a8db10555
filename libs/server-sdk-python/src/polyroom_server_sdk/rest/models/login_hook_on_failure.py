from typing import Literal, cast

LoginHookOnFailure = Literal["allow", "deny"]


def check_login_hook_on_failure(value: str) -> LoginHookOnFailure:
    return cast(LoginHookOnFailure, value)
