from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from typing_extensions import Self

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.recorded_stream import RecordedStream


T = TypeVar("T", bound="Recording")


@_attrs_define
class Recording:
    """
    Attributes:
        recording_id (str):
        app_id (int):
        recordings (list[RecordedStream]):
        room_id (str | Unset):
        stream_id (str | Unset):
    """

    recording_id: str
    app_id: int
    recordings: list[RecordedStream]
    room_id: str | Unset = UNSET
    stream_id: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        recording_id = self.recording_id

        app_id = self.app_id

        recordings = []
        for recordings_item_data in self.recordings:
            recordings_item = recordings_item_data.to_dict()
            recordings.append(recordings_item)

        room_id = self.room_id

        stream_id = self.stream_id

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "recordingId": recording_id,
                "appId": app_id,
                "recordings": recordings,
            }
        )
        if room_id is not UNSET:
            field_dict["roomId"] = room_id
        if stream_id is not UNSET:
            field_dict["streamId"] = stream_id

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.recorded_stream import RecordedStream

        d = dict(src_dict)
        recording_id = d.pop("recordingId")

        app_id = d.pop("appId")

        recordings = []
        _recordings = d.pop("recordings")
        for recordings_item_data in _recordings:
            recordings_item = RecordedStream.from_dict(recordings_item_data)

            recordings.append(recordings_item)

        room_id = d.pop("roomId", UNSET)

        stream_id = d.pop("streamId", UNSET)

        recording = cls(
            recording_id=recording_id,
            app_id=app_id,
            recordings=recordings,
            room_id=room_id,
            stream_id=stream_id,
        )

        return recording
