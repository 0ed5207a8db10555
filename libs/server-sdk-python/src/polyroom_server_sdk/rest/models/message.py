from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from typing_extensions import Self

from ..models.message_category import MessageCategory, check_message_category
from ..models.message_kind import MessageKind, check_message_kind
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.member import Member


T = TypeVar("T", bound="Message")


@_attrs_define
class Message:
    """
    Attributes:
        seq (int):
        prev (int):
        message_id (int):
        sent_at_ms (int):
        kind (MessageKind):
        from_ (Member):
        content (str):
        category (MessageCategory):
        to (list[str] | Unset):
        deletes (int | Unset):
        deleted (bool | Unset):
    """

    seq: int
    prev: int
    message_id: int
    sent_at_ms: int
    kind: MessageKind
    from_: Member
    content: str
    category: MessageCategory
    to: list[str] | Unset = UNSET
    deletes: int | Unset = UNSET
    deleted: bool | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        seq = self.seq

        prev = self.prev

        message_id = self.message_id

        sent_at_ms = self.sent_at_ms

        kind: str = self.kind

        from_ = self.from_.to_dict()

        content = self.content

        category: str = self.category

        to: list[str] | Unset = UNSET
        if not isinstance(self.to, Unset):
            to = self.to

        deletes = self.deletes

        deleted = self.deleted

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "seq": seq,
                "prev": prev,
                "messageId": message_id,
                "sentAtMs": sent_at_ms,
                "kind": kind,
                "from": from_,
                "content": content,
                "category": category,
            }
        )
        if to is not UNSET:
            field_dict["to"] = to
        if deletes is not UNSET:
            field_dict["deletes"] = deletes
        if deleted is not UNSET:
            field_dict["deleted"] = deleted

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.member import Member

        d = dict(src_dict)
        seq = d.pop("seq")

        prev = d.pop("prev")

        message_id = d.pop("messageId")

        sent_at_ms = d.pop("sentAtMs")

        kind = check_message_kind(d.pop("kind"))

        from_ = Member.from_dict(d.pop("from"))

        content = d.pop("content")

        category = check_message_category(d.pop("category"))

        to = cast(list[str], d.pop("to", UNSET))

        deletes = d.pop("deletes", UNSET)

        deleted = d.pop("deleted", UNSET)

        message = cls(
            seq=seq,
            prev=prev,
            message_id=message_id,
            sent_at_ms=sent_at_ms,
            kind=kind,
            from_=from_,
            content=content,
            category=category,
            to=to,
            deletes=deletes,
            deleted=deleted,
        )

        return message
