from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from typing_extensions import Self

from ..models.media_kind import MediaKind, check_media_kind

T = TypeVar("T", bound="RecordedStreamFile")


@_attrs_define
class RecordedStreamFile:
    """
    Attributes:
        path (str):
        started_at_ms (int):
        kinds (list[MediaKind]):
    """

    path: str
    started_at_ms: int
    kinds: list[MediaKind]

    def to_dict(self) -> dict[str, Any]:
        path = self.path

        started_at_ms = self.started_at_ms

        kinds = []
        for kinds_item_data in self.kinds:
            kinds_item: str = kinds_item_data
            kinds.append(kinds_item)

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "path": path,
                "startedAtMs": started_at_ms,
                "kinds": kinds,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        path = d.pop("path")

        started_at_ms = d.pop("startedAtMs")

        kinds = []
        _kinds = d.pop("kinds")
        for kinds_item_data in _kinds:
            kinds_item = check_media_kind(kinds_item_data)

            kinds.append(kinds_item)

        recorded_stream_file = cls(
            path=path,
            started_at_ms=started_at_ms,
            kinds=kinds,
        )

        return recorded_stream_file
