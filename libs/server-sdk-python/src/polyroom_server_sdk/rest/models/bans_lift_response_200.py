from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from typing_extensions import Self

if TYPE_CHECKING:
    from ..models.ban import Ban


T = TypeVar("T", bound="BansLiftResponse200")


@_attrs_define
class BansLiftResponse200:
    """
    Attributes:
        ban (Ban):
    """

    ban: Ban

    def to_dict(self) -> dict[str, Any]:
        ban = self.ban.to_dict()

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "ban": ban,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.ban import Ban

        d = dict(src_dict)
        ban = Ban.from_dict(d.pop("ban"))

        bans_lift_response_200 = cls(
            ban=ban,
        )

        return bans_lift_response_200
