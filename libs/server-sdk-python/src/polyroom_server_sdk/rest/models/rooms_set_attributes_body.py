from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from typing_extensions import Self

if TYPE_CHECKING:
    from ..models.rooms_set_attributes_body_changes_item import (
        RoomsSetAttributesBodyChangesItem,
    )


T = TypeVar("T", bound="RoomsSetAttributesBody")


@_attrs_define
class RoomsSetAttributesBody:
    """
    Attributes:
        changes (list[RoomsSetAttributesBodyChangesItem]):
    """

    changes: list[RoomsSetAttributesBodyChangesItem]

    def to_dict(self) -> dict[str, Any]:
        changes = []
        for changes_item_data in self.changes:
            changes_item = changes_item_data.to_dict()
            changes.append(changes_item)

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "changes": changes,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.rooms_set_attributes_body_changes_item import (
            RoomsSetAttributesBodyChangesItem,
        )

        d = dict(src_dict)
        changes = []
        _changes = d.pop("changes")
        for changes_item_data in _changes:
            changes_item = RoomsSetAttributesBodyChangesItem.from_dict(
                changes_item_data
            )

            changes.append(changes_item)

        rooms_set_attributes_body = cls(
            changes=changes,
        )

        return rooms_set_attributes_body
