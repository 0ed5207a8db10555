from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from typing_extensions import Self

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.app_event import AppEvent


T = TypeVar("T", bound="EventsReadResponse200")


@_attrs_define
class EventsReadResponse200:
    """
    Attributes:
        events (list[AppEvent]):
        gone (bool):
        next_ (str | Unset):
    """

    events: list[AppEvent]
    gone: bool
    next_: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        events = []
        for events_item_data in self.events:
            events_item = events_item_data.to_dict()
            events.append(events_item)

        gone = self.gone

        next_ = self.next_

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "events": events,
                "gone": gone,
            }
        )
        if next_ is not UNSET:
            field_dict["next"] = next_

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.app_event import AppEvent

        d = dict(src_dict)
        events = []
        _events = d.pop("events")
        for events_item_data in _events:
            events_item = AppEvent.from_dict(events_item_data)

            events.append(events_item)

        gone = d.pop("gone")

        next_ = d.pop("next", UNSET)

        events_read_response_200 = cls(
            events=events,
            gone=gone,
            next_=next_,
        )

        return events_read_response_200
