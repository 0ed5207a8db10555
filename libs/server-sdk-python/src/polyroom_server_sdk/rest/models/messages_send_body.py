from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from typing_extensions import Self

from ..models.messages_send_body_category import (
    MessagesSendBodyCategory,
    check_messages_send_body_category,
)
from ..models.messages_send_body_kind import (
    MessagesSendBodyKind,
    check_messages_send_body_kind,
)
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.member import Member


T = TypeVar("T", bound="MessagesSendBody")


@_attrs_define
class MessagesSendBody:
    """
    Attributes:
        kind (MessagesSendBodyKind):
        content (str):
        category (MessagesSendBodyCategory | Unset):  Default: 'system'.
        from_ (Member | Unset):
        to (list[str] | Unset):
        client_message_id (str | Unset):
    """

    kind: MessagesSendBodyKind
    content: str
    category: MessagesSendBodyCategory | Unset = "system"
    from_: Member | Unset = UNSET
    to: list[str] | Unset = UNSET
    client_message_id: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        kind: str = self.kind

        content = self.content

        category: str | Unset = UNSET
        if not isinstance(self.category, Unset):
            category = self.category

        from_: dict[str, Any] | Unset = UNSET
        if not isinstance(self.from_, Unset):
            from_ = self.from_.to_dict()

        to: list[str] | Unset = UNSET
        if not isinstance(self.to, Unset):
            to = self.to

        client_message_id = self.client_message_id

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "kind": kind,
                "content": content,
            }
        )
        if category is not UNSET:
            field_dict["category"] = category
        if from_ is not UNSET:
            field_dict["from"] = from_
        if to is not UNSET:
            field_dict["to"] = to
        if client_message_id is not UNSET:
            field_dict["clientMessageId"] = client_message_id

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.member import Member

        d = dict(src_dict)
        kind = check_messages_send_body_kind(d.pop("kind"))

        content = d.pop("content")

        _category = d.pop("category", UNSET)
        category: MessagesSendBodyCategory | Unset
        if isinstance(_category, Unset):
            category = UNSET
        else:
            category = check_messages_send_body_category(_category)

        _from_ = d.pop("from", UNSET)
        from_: Member | Unset
        if isinstance(_from_, Unset):
            from_ = UNSET
        else:
            from_ = Member.from_dict(_from_)

        to = cast(list[str], d.pop("to", UNSET))

        client_message_id = d.pop("clientMessageId", UNSET)

        messages_send_body = cls(
            kind=kind,
            content=content,
            category=category,
            from_=from_,
            to=to,
            client_message_id=client_message_id,
        )

        return messages_send_body
