from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from typing_extensions import Self

T = TypeVar("T", bound="RoomsCreateResponse200")


@_attrs_define
class RoomsCreateResponse200:
    """
    Attributes:
        created (bool):
    """

    created: bool

    def to_dict(self) -> dict[str, Any]:
        created = self.created

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "created": created,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        created = d.pop("created")

        rooms_create_response_200 = cls(
            created=created,
        )

        return rooms_create_response_200
