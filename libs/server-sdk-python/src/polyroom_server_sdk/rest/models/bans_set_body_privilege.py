from typing import Literal, cast

BansSetBodyPrivilege = Literal["login", "play", "publish"]


def check_bans_set_body_privilege(value: str) -> BansSetBodyPrivilege:
    return cast(BansSetBodyPrivilege, value)
