from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from typing_extensions import Self

from ..models.delivery_outcome import DeliveryOutcome, check_delivery_outcome
from ..types import UNSET, Unset

T = TypeVar("T", bound="WebhookDelivery")


@_attrs_define
class WebhookDelivery:
    """
    Attributes:
        event_id (str):
        cursor (str):
        type_ (str):
        attempt (int):
        at_ms (int):
        duration_ms (int):
        outcome (DeliveryOutcome):
        room_id (str | Unset):
        user_id (str | Unset):
        status (int | Unset):
        error (str | Unset):
        manual (bool | Unset):
    """

    event_id: str
    cursor: str
    type_: str
    attempt: int
    at_ms: int
    duration_ms: int
    outcome: DeliveryOutcome
    room_id: str | Unset = UNSET
    user_id: str | Unset = UNSET
    status: int | Unset = UNSET
    error: str | Unset = UNSET
    manual: bool | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        event_id = self.event_id

        cursor = self.cursor

        type_ = self.type_

        attempt = self.attempt

        at_ms = self.at_ms

        duration_ms = self.duration_ms

        outcome: str = self.outcome

        room_id = self.room_id

        user_id = self.user_id

        status = self.status

        error = self.error

        manual = self.manual

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "eventId": event_id,
                "cursor": cursor,
                "type": type_,
                "attempt": attempt,
                "atMs": at_ms,
                "durationMs": duration_ms,
                "outcome": outcome,
            }
        )
        if room_id is not UNSET:
            field_dict["roomId"] = room_id
        if user_id is not UNSET:
            field_dict["userId"] = user_id
        if status is not UNSET:
            field_dict["status"] = status
        if error is not UNSET:
            field_dict["error"] = error
        if manual is not UNSET:
            field_dict["manual"] = manual

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        event_id = d.pop("eventId")

        cursor = d.pop("cursor")

        type_ = d.pop("type")

        attempt = d.pop("attempt")

        at_ms = d.pop("atMs")

        duration_ms = d.pop("durationMs")

        outcome = check_delivery_outcome(d.pop("outcome"))

        room_id = d.pop("roomId", UNSET)

        user_id = d.pop("userId", UNSET)

        status = d.pop("status", UNSET)

        error = d.pop("error", UNSET)

        manual = d.pop("manual", UNSET)

        webhook_delivery = cls(
            event_id=event_id,
            cursor=cursor,
            type_=type_,
            attempt=attempt,
            at_ms=at_ms,
            duration_ms=duration_ms,
            outcome=outcome,
            room_id=room_id,
            user_id=user_id,
            status=status,
            error=error,
            manual=manual,
        )

        return webhook_delivery
