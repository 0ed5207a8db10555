from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from typing_extensions import Self

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.usage import Usage


T = TypeVar("T", bound="UsageGetResponse200")


@_attrs_define
class UsageGetResponse200:
    """
    Attributes:
        usage (list[Usage]):
        next_ (str | Unset):
    """

    usage: list[Usage]
    next_: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        usage = []
        for usage_item_data in self.usage:
            usage_item = usage_item_data.to_dict()
            usage.append(usage_item)

        next_ = self.next_

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "usage": usage,
            }
        )
        if next_ is not UNSET:
            field_dict["next"] = next_

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.usage import Usage

        d = dict(src_dict)
        usage = []
        _usage = d.pop("usage")
        for usage_item_data in _usage:
            usage_item = Usage.from_dict(usage_item_data)

            usage.append(usage_item)

        next_ = d.pop("next", UNSET)

        usage_get_response_200 = cls(
            usage=usage,
            next_=next_,
        )

        return usage_get_response_200
