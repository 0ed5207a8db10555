from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from typing_extensions import Self

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.recorded_file import RecordedFile


T = TypeVar("T", bound="RecordingsListFilesResponse200")


@_attrs_define
class RecordingsListFilesResponse200:
    """
    Attributes:
        files (list[RecordedFile]):
        next_ (str | Unset):
    """

    files: list[RecordedFile]
    next_: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        files = []
        for files_item_data in self.files:
            files_item = files_item_data.to_dict()
            files.append(files_item)

        next_ = self.next_

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "files": files,
            }
        )
        if next_ is not UNSET:
            field_dict["next"] = next_

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.recorded_file import RecordedFile

        d = dict(src_dict)
        files = []
        _files = d.pop("files")
        for files_item_data in _files:
            files_item = RecordedFile.from_dict(files_item_data)

            files.append(files_item)

        next_ = d.pop("next", UNSET)

        recordings_list_files_response_200 = cls(
            files=files,
            next_=next_,
        )

        return recordings_list_files_response_200
