from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from typing_extensions import Self

from ..models.quota_name import QuotaName, check_quota_name
from ..types import UNSET, Unset

T = TypeVar("T", bound="Quota")


@_attrs_define
class Quota:
    """
    Attributes:
        name (QuotaName):
        limit (int):
        used (int | Unset):
    """

    name: QuotaName
    limit: int
    used: int | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        name: str = self.name

        limit = self.limit

        used = self.used

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "name": name,
                "limit": limit,
            }
        )
        if used is not UNSET:
            field_dict["used"] = used

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        name = check_quota_name(d.pop("name"))

        limit = d.pop("limit")

        used = d.pop("used", UNSET)

        quota = cls(
            name=name,
            limit=limit,
            used=used,
        )

        return quota
