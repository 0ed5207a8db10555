from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from typing_extensions import Self

if TYPE_CHECKING:
    from ..models.member import Member
    from ..models.room_attribute import RoomAttribute
    from ..models.room_stream import RoomStream


T = TypeVar("T", bound="RoomSnapshot")


@_attrs_define
class RoomSnapshot:
    """
    Attributes:
        room_id (str):
        room_epoch (str):
        seq (int):
        member_count (int):
        members (list[Member]):
        streams (list[RoomStream]):
        attributes (list[RoomAttribute]):
    """

    room_id: str
    room_epoch: str
    seq: int
    member_count: int
    members: list[Member]
    streams: list[RoomStream]
    attributes: list[RoomAttribute]

    def to_dict(self) -> dict[str, Any]:
        room_id = self.room_id

        room_epoch = self.room_epoch

        seq = self.seq

        member_count = self.member_count

        members = []
        for members_item_data in self.members:
            members_item = members_item_data.to_dict()
            members.append(members_item)

        streams = []
        for streams_item_data in self.streams:
            streams_item = streams_item_data.to_dict()
            streams.append(streams_item)

        attributes = []
        for attributes_item_data in self.attributes:
            attributes_item = attributes_item_data.to_dict()
            attributes.append(attributes_item)

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "roomId": room_id,
                "roomEpoch": room_epoch,
                "seq": seq,
                "memberCount": member_count,
                "members": members,
                "streams": streams,
                "attributes": attributes,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.member import Member
        from ..models.room_attribute import RoomAttribute
        from ..models.room_stream import RoomStream

        d = dict(src_dict)
        room_id = d.pop("roomId")

        room_epoch = d.pop("roomEpoch")

        seq = d.pop("seq")

        member_count = d.pop("memberCount")

        members = []
        _members = d.pop("members")
        for members_item_data in _members:
            members_item = Member.from_dict(members_item_data)

            members.append(members_item)

        streams = []
        _streams = d.pop("streams")
        for streams_item_data in _streams:
            streams_item = RoomStream.from_dict(streams_item_data)

            streams.append(streams_item)

        attributes = []
        _attributes = d.pop("attributes")
        for attributes_item_data in _attributes:
            attributes_item = RoomAttribute.from_dict(attributes_item_data)

            attributes.append(attributes_item)

        room_snapshot = cls(
            room_id=room_id,
            room_epoch=room_epoch,
            seq=seq,
            member_count=member_count,
            members=members,
            streams=streams,
            attributes=attributes,
        )

        return room_snapshot
