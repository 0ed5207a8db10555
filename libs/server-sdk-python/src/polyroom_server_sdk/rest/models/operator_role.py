from typing import Literal, cast

OperatorRole = Literal["operator", "owner", "viewer"]


def check_operator_role(value: str) -> OperatorRole:
    return cast(OperatorRole, value)
