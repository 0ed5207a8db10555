from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from typing_extensions import Self

from ..models.media_kind import MediaKind, check_media_kind

T = TypeVar("T", bound="Mutes")


@_attrs_define
class Mutes:
    """
    Attributes:
        kinds (list[MediaKind]):
    """

    kinds: list[MediaKind]

    def to_dict(self) -> dict[str, Any]:
        kinds = []
        for kinds_item_data in self.kinds:
            kinds_item: str = kinds_item_data
            kinds.append(kinds_item)

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "kinds": kinds,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        kinds = []
        _kinds = d.pop("kinds")
        for kinds_item_data in _kinds:
            kinds_item = check_media_kind(kinds_item_data)

            kinds.append(kinds_item)

        mutes = cls(
            kinds=kinds,
        )

        return mutes
