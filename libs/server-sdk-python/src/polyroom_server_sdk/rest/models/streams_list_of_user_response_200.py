from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from typing_extensions import Self

if TYPE_CHECKING:
    from ..models.user_stream import UserStream


T = TypeVar("T", bound="StreamsListOfUserResponse200")


@_attrs_define
class StreamsListOfUserResponse200:
    """
    Attributes:
        streams (list[UserStream]):
    """

    streams: list[UserStream]

    def to_dict(self) -> dict[str, Any]:
        streams = []
        for streams_item_data in self.streams:
            streams_item = streams_item_data.to_dict()
            streams.append(streams_item)

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "streams": streams,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.user_stream import UserStream

        d = dict(src_dict)
        streams = []
        _streams = d.pop("streams")
        for streams_item_data in _streams:
            streams_item = UserStream.from_dict(streams_item_data)

            streams.append(streams_item)

        streams_list_of_user_response_200 = cls(
            streams=streams,
        )

        return streams_list_of_user_response_200
