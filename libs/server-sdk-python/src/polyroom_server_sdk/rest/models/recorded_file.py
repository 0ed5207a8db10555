from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from typing_extensions import Self

from ..models.media_kind import MediaKind, check_media_kind
from ..types import UNSET, Unset

T = TypeVar("T", bound="RecordedFile")


@_attrs_define
class RecordedFile:
    """
    Attributes:
        recording_id (str):
        app_id (int):
        stream_id (str):
        path (str):
        started_at_ms (int):
        kinds (list[MediaKind]):
        user_id (str):
        ended_at_ms (int):
        bytes_ (int):
        room_id (str | Unset):
    """

    recording_id: str
    app_id: int
    stream_id: str
    path: str
    started_at_ms: int
    kinds: list[MediaKind]
    user_id: str
    ended_at_ms: int
    bytes_: int
    room_id: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        recording_id = self.recording_id

        app_id = self.app_id

        stream_id = self.stream_id

        path = self.path

        started_at_ms = self.started_at_ms

        kinds = []
        for kinds_item_data in self.kinds:
            kinds_item: str = kinds_item_data
            kinds.append(kinds_item)

        user_id = self.user_id

        ended_at_ms = self.ended_at_ms

        bytes_ = self.bytes_

        room_id = self.room_id

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "recordingId": recording_id,
                "appId": app_id,
                "streamId": stream_id,
                "path": path,
                "startedAtMs": started_at_ms,
                "kinds": kinds,
                "userId": user_id,
                "endedAtMs": ended_at_ms,
                "bytes": bytes_,
            }
        )
        if room_id is not UNSET:
            field_dict["roomId"] = room_id

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        recording_id = d.pop("recordingId")

        app_id = d.pop("appId")

        stream_id = d.pop("streamId")

        path = d.pop("path")

        started_at_ms = d.pop("startedAtMs")

        kinds = []
        _kinds = d.pop("kinds")
        for kinds_item_data in _kinds:
            kinds_item = check_media_kind(kinds_item_data)

            kinds.append(kinds_item)

        user_id = d.pop("userId")

        ended_at_ms = d.pop("endedAtMs")

        bytes_ = d.pop("bytes")

        room_id = d.pop("roomId", UNSET)

        recorded_file = cls(
            recording_id=recording_id,
            app_id=app_id,
            stream_id=stream_id,
            path=path,
            started_at_ms=started_at_ms,
            kinds=kinds,
            user_id=user_id,
            ended_at_ms=ended_at_ms,
            bytes_=bytes_,
            room_id=room_id,
        )

        return recorded_file
