from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from typing_extensions import Self

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.message import Message


T = TypeVar("T", bound="MessagesListResponse200")


@_attrs_define
class MessagesListResponse200:
    """
    Attributes:
        messages (list[Message]):
        gone (bool):
        next_ (str | Unset):
    """

    messages: list[Message]
    gone: bool
    next_: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        messages = []
        for messages_item_data in self.messages:
            messages_item = messages_item_data.to_dict()
            messages.append(messages_item)

        gone = self.gone

        next_ = self.next_

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "messages": messages,
                "gone": gone,
            }
        )
        if next_ is not UNSET:
            field_dict["next"] = next_

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.message import Message

        d = dict(src_dict)
        messages = []
        _messages = d.pop("messages")
        for messages_item_data in _messages:
            messages_item = Message.from_dict(messages_item_data)

            messages.append(messages_item)

        gone = d.pop("gone")

        next_ = d.pop("next", UNSET)

        messages_list_response_200 = cls(
            messages=messages,
            gone=gone,
            next_=next_,
        )

        return messages_list_response_200
