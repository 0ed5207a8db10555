from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from typing_extensions import Self

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.ban import Ban


T = TypeVar("T", bound="BansSetResponse200")


@_attrs_define
class BansSetResponse200:
    """
    Attributes:
        ban (Ban | Unset):
    """

    ban: Ban | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        ban: dict[str, Any] | Unset = UNSET
        if not isinstance(self.ban, Unset):
            ban = self.ban.to_dict()

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if ban is not UNSET:
            field_dict["ban"] = ban

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.ban import Ban

        d = dict(src_dict)
        _ban = d.pop("ban", UNSET)
        ban: Ban | Unset
        if isinstance(_ban, Unset):
            ban = UNSET
        else:
            ban = Ban.from_dict(_ban)

        bans_set_response_200 = cls(
            ban=ban,
        )

        return bans_set_response_200
