from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from typing_extensions import Self

T = TypeVar("T", bound="TransfersMoveResponse200")


@_attrs_define
class TransfersMoveResponse200:
    """
    Attributes:
        room_ids (list[str]):
        stream_ids (list[str]):
    """

    room_ids: list[str]
    stream_ids: list[str]

    def to_dict(self) -> dict[str, Any]:
        room_ids = self.room_ids

        stream_ids = self.stream_ids

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "roomIds": room_ids,
                "streamIds": stream_ids,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        room_ids = cast(list[str], d.pop("roomIds"))

        stream_ids = cast(list[str], d.pop("streamIds"))

        transfers_move_response_200 = cls(
            room_ids=room_ids,
            stream_ids=stream_ids,
        )

        return transfers_move_response_200
