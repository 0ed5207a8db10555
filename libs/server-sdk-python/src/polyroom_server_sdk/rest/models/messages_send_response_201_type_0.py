from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from typing_extensions import Self

from ..types import UNSET, Unset

T = TypeVar("T", bound="MessagesSendResponse201Type0")


@_attrs_define
class MessagesSendResponse201Type0:
    """
    Attributes:
        message_id (int | Unset):
        seq (int | Unset):
        sent_at_ms (int | Unset):
    """

    message_id: int | Unset = UNSET
    seq: int | Unset = UNSET
    sent_at_ms: int | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        message_id = self.message_id

        seq = self.seq

        sent_at_ms = self.sent_at_ms

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if message_id is not UNSET:
            field_dict["messageId"] = message_id
        if seq is not UNSET:
            field_dict["seq"] = seq
        if sent_at_ms is not UNSET:
            field_dict["sentAtMs"] = sent_at_ms

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        message_id = d.pop("messageId", UNSET)

        seq = d.pop("seq", UNSET)

        sent_at_ms = d.pop("sentAtMs", UNSET)

        messages_send_response_201_type_0 = cls(
            message_id=message_id,
            seq=seq,
            sent_at_ms=sent_at_ms,
        )

        return messages_send_response_201_type_0
