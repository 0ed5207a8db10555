from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from typing_extensions import Self

T = TypeVar("T", bound="AuditEntry")


@_attrs_define
class AuditEntry:
    """
    Attributes:
        id (str):
        app_id (int):
        seq (int):
        at_ms (int):
        actor (str):
        action (str):
        subject (str):
        before (Any):
        after (Any):
        address (None | str):
        request_id (None | str):
        outcome (str):
        hash_ (None | str):
    """

    id: str
    app_id: int
    seq: int
    at_ms: int
    actor: str
    action: str
    subject: str
    before: Any
    after: Any
    address: None | str
    request_id: None | str
    outcome: str
    hash_: None | str

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        app_id = self.app_id

        seq = self.seq

        at_ms = self.at_ms

        actor = self.actor

        action = self.action

        subject = self.subject

        before = self.before

        after = self.after

        address: None | str
        address = self.address

        request_id: None | str
        request_id = self.request_id

        outcome = self.outcome

        hash_: None | str
        hash_ = self.hash_

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "id": id,
                "appId": app_id,
                "seq": seq,
                "atMs": at_ms,
                "actor": actor,
                "action": action,
                "subject": subject,
                "before": before,
                "after": after,
                "address": address,
                "requestId": request_id,
                "outcome": outcome,
                "hash": hash_,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        id = d.pop("id")

        app_id = d.pop("appId")

        seq = d.pop("seq")

        at_ms = d.pop("atMs")

        actor = d.pop("actor")

        action = d.pop("action")

        subject = d.pop("subject")

        before = d.pop("before")

        after = d.pop("after")

        def _parse_address(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        address = _parse_address(d.pop("address"))

        def _parse_request_id(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        request_id = _parse_request_id(d.pop("requestId"))

        outcome = d.pop("outcome")

        def _parse_hash_(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        hash_ = _parse_hash_(d.pop("hash"))

        audit_entry = cls(
            id=id,
            app_id=app_id,
            seq=seq,
            at_ms=at_ms,
            actor=actor,
            action=action,
            subject=subject,
            before=before,
            after=after,
            address=address,
            request_id=request_id,
            outcome=outcome,
            hash_=hash_,
        )

        return audit_entry
