from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from typing_extensions import Self

from ..models.bans_set_body_privilege import (
    BansSetBodyPrivilege,
    check_bans_set_body_privilege,
)
from ..types import UNSET, Unset

T = TypeVar("T", bound="BansSetBody")


@_attrs_define
class BansSetBody:
    """
    Attributes:
        for_ms (int):
        user_id (str | Unset):
        room_id (str | Unset):
        address (str | Unset):
        privilege (BansSetBodyPrivilege | Unset):  Default: 'login'.
    """

    for_ms: int
    user_id: str | Unset = UNSET
    room_id: str | Unset = UNSET
    address: str | Unset = UNSET
    privilege: BansSetBodyPrivilege | Unset = "login"

    def to_dict(self) -> dict[str, Any]:
        for_ms = self.for_ms

        user_id = self.user_id

        room_id = self.room_id

        address = self.address

        privilege: str | Unset = UNSET
        if not isinstance(self.privilege, Unset):
            privilege = self.privilege

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "forMs": for_ms,
            }
        )
        if user_id is not UNSET:
            field_dict["userId"] = user_id
        if room_id is not UNSET:
            field_dict["roomId"] = room_id
        if address is not UNSET:
            field_dict["address"] = address
        if privilege is not UNSET:
            field_dict["privilege"] = privilege

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        for_ms = d.pop("forMs")

        user_id = d.pop("userId", UNSET)

        room_id = d.pop("roomId", UNSET)

        address = d.pop("address", UNSET)

        _privilege = d.pop("privilege", UNSET)
        privilege: BansSetBodyPrivilege | Unset
        if isinstance(_privilege, Unset):
            privilege = UNSET
        else:
            privilege = check_bans_set_body_privilege(_privilege)

        bans_set_body = cls(
            for_ms=for_ms,
            user_id=user_id,
            room_id=room_id,
            address=address,
            privilege=privilege,
        )

        return bans_set_body
