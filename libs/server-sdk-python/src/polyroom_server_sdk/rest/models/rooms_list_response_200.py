from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from typing_extensions import Self

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.room import Room


T = TypeVar("T", bound="RoomsListResponse200")


@_attrs_define
class RoomsListResponse200:
    """
    Attributes:
        rooms (list[Room]):
        next_ (str | Unset):
    """

    rooms: list[Room]
    next_: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        rooms = []
        for rooms_item_data in self.rooms:
            rooms_item = rooms_item_data.to_dict()
            rooms.append(rooms_item)

        next_ = self.next_

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "rooms": rooms,
            }
        )
        if next_ is not UNSET:
            field_dict["next"] = next_

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.room import Room

        d = dict(src_dict)
        rooms = []
        _rooms = d.pop("rooms")
        for rooms_item_data in _rooms:
            rooms_item = Room.from_dict(rooms_item_data)

            rooms.append(rooms_item)

        next_ = d.pop("next", UNSET)

        rooms_list_response_200 = cls(
            rooms=rooms,
            next_=next_,
        )

        return rooms_list_response_200
