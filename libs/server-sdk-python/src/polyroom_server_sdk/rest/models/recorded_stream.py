from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from typing_extensions import Self

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.recorded_stream_file import RecordedStreamFile


T = TypeVar("T", bound="RecordedStream")


@_attrs_define
class RecordedStream:
    """
    Attributes:
        recording_id (str):
        app_id (int):
        stream_id (str):
        started_at_ms (int):
        files (int):
        node_id (str):
        room_id (str | Unset):
        file (RecordedStreamFile | Unset):
    """

    recording_id: str
    app_id: int
    stream_id: str
    started_at_ms: int
    files: int
    node_id: str
    room_id: str | Unset = UNSET
    file: RecordedStreamFile | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        recording_id = self.recording_id

        app_id = self.app_id

        stream_id = self.stream_id

        started_at_ms = self.started_at_ms

        files = self.files

        node_id = self.node_id

        room_id = self.room_id

        file: dict[str, Any] | Unset = UNSET
        if not isinstance(self.file, Unset):
            file = self.file.to_dict()

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "recordingId": recording_id,
                "appId": app_id,
                "streamId": stream_id,
                "startedAtMs": started_at_ms,
                "files": files,
                "nodeId": node_id,
            }
        )
        if room_id is not UNSET:
            field_dict["roomId"] = room_id
        if file is not UNSET:
            field_dict["file"] = file

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.recorded_stream_file import RecordedStreamFile

        d = dict(src_dict)
        recording_id = d.pop("recordingId")

        app_id = d.pop("appId")

        stream_id = d.pop("streamId")

        started_at_ms = d.pop("startedAtMs")

        files = d.pop("files")

        node_id = d.pop("nodeId")

        room_id = d.pop("roomId", UNSET)

        _file = d.pop("file", UNSET)
        file: RecordedStreamFile | Unset
        if isinstance(_file, Unset):
            file = UNSET
        else:
            file = RecordedStreamFile.from_dict(_file)

        recorded_stream = cls(
            recording_id=recording_id,
            app_id=app_id,
            stream_id=stream_id,
            started_at_ms=started_at_ms,
            files=files,
            node_id=node_id,
            room_id=room_id,
            file=file,
        )

        return recorded_stream
