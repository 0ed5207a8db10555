from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from typing_extensions import Self

from ..models.app_event_type import AppEventType, check_app_event_type
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.app_event_data import AppEventData


T = TypeVar("T", bound="AppEvent")


@_attrs_define
class AppEvent:
    """
    Attributes:
        id (str):
        cursor (str):
        type_ (AppEventType):
        app_id (int):
        at_ms (int):
        epoch (str):
        seq (int):
        data (AppEventData):
        room_id (str | Unset):
        user_id (str | Unset):
    """

    id: str
    cursor: str
    type_: AppEventType
    app_id: int
    at_ms: int
    epoch: str
    seq: int
    data: AppEventData
    room_id: str | Unset = UNSET
    user_id: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        cursor = self.cursor

        type_: str = self.type_

        app_id = self.app_id

        at_ms = self.at_ms

        epoch = self.epoch

        seq = self.seq

        data = self.data.to_dict()

        room_id = self.room_id

        user_id = self.user_id

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "id": id,
                "cursor": cursor,
                "type": type_,
                "appId": app_id,
                "atMs": at_ms,
                "epoch": epoch,
                "seq": seq,
                "data": data,
            }
        )
        if room_id is not UNSET:
            field_dict["roomId"] = room_id
        if user_id is not UNSET:
            field_dict["userId"] = user_id

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.app_event_data import AppEventData

        d = dict(src_dict)
        id = d.pop("id")

        cursor = d.pop("cursor")

        type_ = check_app_event_type(d.pop("type"))

        app_id = d.pop("appId")

        at_ms = d.pop("atMs")

        epoch = d.pop("epoch")

        seq = d.pop("seq")

        data = AppEventData.from_dict(d.pop("data"))

        room_id = d.pop("roomId", UNSET)

        user_id = d.pop("userId", UNSET)

        app_event = cls(
            id=id,
            cursor=cursor,
            type_=type_,
            app_id=app_id,
            at_ms=at_ms,
            epoch=epoch,
            seq=seq,
            data=data,
            room_id=room_id,
            user_id=user_id,
        )

        return app_event
