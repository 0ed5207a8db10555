from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from typing_extensions import Self

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.ban import Ban


T = TypeVar("T", bound="BansListResponse200")


@_attrs_define
class BansListResponse200:
    """
    Attributes:
        bans (list[Ban]):
        next_ (str | Unset):
    """

    bans: list[Ban]
    next_: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        bans = []
        for bans_item_data in self.bans:
            bans_item = bans_item_data.to_dict()
            bans.append(bans_item)

        next_ = self.next_

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "bans": bans,
            }
        )
        if next_ is not UNSET:
            field_dict["next"] = next_

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.ban import Ban

        d = dict(src_dict)
        bans = []
        _bans = d.pop("bans")
        for bans_item_data in _bans:
            bans_item = Ban.from_dict(bans_item_data)

            bans.append(bans_item)

        next_ = d.pop("next", UNSET)

        bans_list_response_200 = cls(
            bans=bans,
            next_=next_,
        )

        return bans_list_response_200
