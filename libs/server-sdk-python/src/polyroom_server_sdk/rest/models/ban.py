from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from typing_extensions import Self

from ..models.ban_privilege import BanPrivilege, check_ban_privilege
from ..types import UNSET, Unset

T = TypeVar("T", bound="Ban")


@_attrs_define
class Ban:
    """
    Attributes:
        ban_id (str):
        privilege (BanPrivilege):
        until_ms (int):
        user_id (str | Unset):
        room_id (str | Unset):
        address (str | Unset):
    """

    ban_id: str
    privilege: BanPrivilege
    until_ms: int
    user_id: str | Unset = UNSET
    room_id: str | Unset = UNSET
    address: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        ban_id = self.ban_id

        privilege: str = self.privilege

        until_ms = self.until_ms

        user_id = self.user_id

        room_id = self.room_id

        address = self.address

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "banId": ban_id,
                "privilege": privilege,
                "untilMs": until_ms,
            }
        )
        if user_id is not UNSET:
            field_dict["userId"] = user_id
        if room_id is not UNSET:
            field_dict["roomId"] = room_id
        if address is not UNSET:
            field_dict["address"] = address

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        ban_id = d.pop("banId")

        privilege = check_ban_privilege(d.pop("privilege"))

        until_ms = d.pop("untilMs")

        user_id = d.pop("userId", UNSET)

        room_id = d.pop("roomId", UNSET)

        address = d.pop("address", UNSET)

        ban = cls(
            ban_id=ban_id,
            privilege=privilege,
            until_ms=until_ms,
            user_id=user_id,
            room_id=room_id,
            address=address,
        )

        return ban
