from typing import Literal, cast

LoginHookSetBodyOnFailure = Literal["allow", "deny"]


def check_login_hook_set_body_on_failure(value: str) -> LoginHookSetBodyOnFailure:
    return cast(LoginHookSetBodyOnFailure, value)
