from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from typing_extensions import Self

T = TypeVar("T", bound="RecordingsEndResponse200")


@_attrs_define
class RecordingsEndResponse200:
    """
    Attributes:
        streams (int):
    """

    streams: int

    def to_dict(self) -> dict[str, Any]:
        streams = self.streams

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "streams": streams,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        streams = d.pop("streams")

        recordings_end_response_200 = cls(
            streams=streams,
        )

        return recordings_end_response_200
