from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from typing_extensions import Self

from ..types import UNSET, Unset

T = TypeVar("T", bound="MutesMuteMemberBody")


@_attrs_define
class MutesMuteMemberBody:
    """
    Attributes:
        for_seconds (int | Unset):  Default: 2592000.
    """

    for_seconds: int | Unset = 2592000

    def to_dict(self) -> dict[str, Any]:
        for_seconds = self.for_seconds

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if for_seconds is not UNSET:
            field_dict["forSeconds"] = for_seconds

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        for_seconds = d.pop("forSeconds", UNSET)

        mutes_mute_member_body = cls(
            for_seconds=for_seconds,
        )

        return mutes_mute_member_body
