from typing import Literal, cast

SecretState = Literal["live", "primary", "retired"]


def check_secret_state(value: str) -> SecretState:
    return cast(SecretState, value)
