from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from typing_extensions import Self

if TYPE_CHECKING:
    from ..models.recording import Recording


T = TypeVar("T", bound="RecordingsListResponse200")


@_attrs_define
class RecordingsListResponse200:
    """
    Attributes:
        recordings (list[Recording]):
    """

    recordings: list[Recording]

    def to_dict(self) -> dict[str, Any]:
        recordings = []
        for recordings_item_data in self.recordings:
            recordings_item = recordings_item_data.to_dict()
            recordings.append(recordings_item)

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "recordings": recordings,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.recording import Recording

        d = dict(src_dict)
        recordings = []
        _recordings = d.pop("recordings")
        for recordings_item_data in _recordings:
            recordings_item = Recording.from_dict(recordings_item_data)

            recordings.append(recordings_item)

        recordings_list_response_200 = cls(
            recordings=recordings,
        )

        return recordings_list_response_200
