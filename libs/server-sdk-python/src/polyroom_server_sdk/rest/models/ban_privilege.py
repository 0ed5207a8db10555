from typing import Literal, cast

BanPrivilege = Literal["login", "play", "publish"]


def check_ban_privilege(value: str) -> BanPrivilege:
    return cast(BanPrivilege, value)
