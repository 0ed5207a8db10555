from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from typing_extensions import Self

from ..models.media_kind import MediaKind, check_media_kind
from ..models.room_stream_kinds_item import (
    RoomStreamKindsItem,
    check_room_stream_kinds_item,
)
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.member import Member


T = TypeVar("T", bound="RoomStream")


@_attrs_define
class RoomStream:
    """
    Attributes:
        stream_id (str):
        user (Member):
        extra_info (str):
        kinds (list[RoomStreamKindsItem]):
        muted_kinds (list[MediaKind] | Unset):
        operator_muted_kinds (list[MediaKind] | Unset):
    """

    stream_id: str
    user: Member
    extra_info: str
    kinds: list[RoomStreamKindsItem]
    muted_kinds: list[MediaKind] | Unset = UNSET
    operator_muted_kinds: list[MediaKind] | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        stream_id = self.stream_id

        user = self.user.to_dict()

        extra_info = self.extra_info

        kinds = []
        for kinds_item_data in self.kinds:
            kinds_item: str = kinds_item_data
            kinds.append(kinds_item)

        muted_kinds: list[str] | Unset = UNSET
        if not isinstance(self.muted_kinds, Unset):
            muted_kinds = []
            for muted_kinds_item_data in self.muted_kinds:
                muted_kinds_item: str = muted_kinds_item_data
                muted_kinds.append(muted_kinds_item)

        operator_muted_kinds: list[str] | Unset = UNSET
        if not isinstance(self.operator_muted_kinds, Unset):
            operator_muted_kinds = []
            for operator_muted_kinds_item_data in self.operator_muted_kinds:
                operator_muted_kinds_item: str = operator_muted_kinds_item_data
                operator_muted_kinds.append(operator_muted_kinds_item)

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "streamId": stream_id,
                "user": user,
                "extraInfo": extra_info,
                "kinds": kinds,
            }
        )
        if muted_kinds is not UNSET:
            field_dict["mutedKinds"] = muted_kinds
        if operator_muted_kinds is not UNSET:
            field_dict["operatorMutedKinds"] = operator_muted_kinds

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.member import Member

        d = dict(src_dict)
        stream_id = d.pop("streamId")

        user = Member.from_dict(d.pop("user"))

        extra_info = d.pop("extraInfo")

        kinds = []
        _kinds = d.pop("kinds")
        for kinds_item_data in _kinds:
            kinds_item = check_room_stream_kinds_item(kinds_item_data)

            kinds.append(kinds_item)

        _muted_kinds = d.pop("mutedKinds", UNSET)
        muted_kinds: list[MediaKind] | Unset = UNSET
        if _muted_kinds is not UNSET:
            muted_kinds = []
            for muted_kinds_item_data in _muted_kinds:
                muted_kinds_item = check_media_kind(muted_kinds_item_data)

                muted_kinds.append(muted_kinds_item)

        _operator_muted_kinds = d.pop("operatorMutedKinds", UNSET)
        operator_muted_kinds: list[MediaKind] | Unset = UNSET
        if _operator_muted_kinds is not UNSET:
            operator_muted_kinds = []
            for operator_muted_kinds_item_data in _operator_muted_kinds:
                operator_muted_kinds_item = check_media_kind(
                    operator_muted_kinds_item_data
                )

                operator_muted_kinds.append(operator_muted_kinds_item)

        room_stream = cls(
            stream_id=stream_id,
            user=user,
            extra_info=extra_info,
            kinds=kinds,
            muted_kinds=muted_kinds,
            operator_muted_kinds=operator_muted_kinds,
        )

        return room_stream
