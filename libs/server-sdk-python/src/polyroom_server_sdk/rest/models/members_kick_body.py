from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from typing_extensions import Self

from ..types import UNSET, Unset

T = TypeVar("T", bound="MembersKickBody")


@_attrs_define
class MembersKickBody:
    """
    Attributes:
        reason (str | Unset):
        block_seconds (int | Unset):
    """

    reason: str | Unset = UNSET
    block_seconds: int | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        reason = self.reason

        block_seconds = self.block_seconds

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if reason is not UNSET:
            field_dict["reason"] = reason
        if block_seconds is not UNSET:
            field_dict["blockSeconds"] = block_seconds

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        reason = d.pop("reason", UNSET)

        block_seconds = d.pop("blockSeconds", UNSET)

        members_kick_body = cls(
            reason=reason,
            block_seconds=block_seconds,
        )

        return members_kick_body
