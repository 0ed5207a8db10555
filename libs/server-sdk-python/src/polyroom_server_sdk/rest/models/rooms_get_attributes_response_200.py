from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from typing_extensions import Self

if TYPE_CHECKING:
    from ..models.room_attribute import RoomAttribute


T = TypeVar("T", bound="RoomsGetAttributesResponse200")


@_attrs_define
class RoomsGetAttributesResponse200:
    """
    Attributes:
        attributes (list[RoomAttribute]):
    """

    attributes: list[RoomAttribute]

    def to_dict(self) -> dict[str, Any]:
        attributes = []
        for attributes_item_data in self.attributes:
            attributes_item = attributes_item_data.to_dict()
            attributes.append(attributes_item)

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "attributes": attributes,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.room_attribute import RoomAttribute

        d = dict(src_dict)
        attributes = []
        _attributes = d.pop("attributes")
        for attributes_item_data in _attributes:
            attributes_item = RoomAttribute.from_dict(attributes_item_data)

            attributes.append(attributes_item)

        rooms_get_attributes_response_200 = cls(
            attributes=attributes,
        )

        return rooms_get_attributes_response_200
