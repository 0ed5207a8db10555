from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from typing_extensions import Self

if TYPE_CHECKING:
    from ..models.user_room import UserRoom


T = TypeVar("T", bound="MembersListRoomsResponse200")


@_attrs_define
class MembersListRoomsResponse200:
    """
    Attributes:
        rooms (list[UserRoom]):
    """

    rooms: list[UserRoom]

    def to_dict(self) -> dict[str, Any]:
        rooms = []
        for rooms_item_data in self.rooms:
            rooms_item = rooms_item_data.to_dict()
            rooms.append(rooms_item)

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "rooms": rooms,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.user_room import UserRoom

        d = dict(src_dict)
        rooms = []
        _rooms = d.pop("rooms")
        for rooms_item_data in _rooms:
            rooms_item = UserRoom.from_dict(rooms_item_data)

            rooms.append(rooms_item)

        members_list_rooms_response_200 = cls(
            rooms=rooms,
        )

        return members_list_rooms_response_200
