from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from typing_extensions import Self

from ..types import UNSET, Unset

T = TypeVar("T", bound="WebhooksDeliveriesResponse200State")


@_attrs_define
class WebhooksDeliveriesResponse200State:
    """
    Attributes:
        cursor (str):
        waiting (int):
        failing_since_ms (int | Unset):
        next_attempt_at_ms (int | Unset):
    """

    cursor: str
    waiting: int
    failing_since_ms: int | Unset = UNSET
    next_attempt_at_ms: int | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        cursor = self.cursor

        waiting = self.waiting

        failing_since_ms = self.failing_since_ms

        next_attempt_at_ms = self.next_attempt_at_ms

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "cursor": cursor,
                "waiting": waiting,
            }
        )
        if failing_since_ms is not UNSET:
            field_dict["failingSinceMs"] = failing_since_ms
        if next_attempt_at_ms is not UNSET:
            field_dict["nextAttemptAtMs"] = next_attempt_at_ms

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        cursor = d.pop("cursor")

        waiting = d.pop("waiting")

        failing_since_ms = d.pop("failingSinceMs", UNSET)

        next_attempt_at_ms = d.pop("nextAttemptAtMs", UNSET)

        webhooks_deliveries_response_200_state = cls(
            cursor=cursor,
            waiting=waiting,
            failing_since_ms=failing_since_ms,
            next_attempt_at_ms=next_attempt_at_ms,
        )

        return webhooks_deliveries_response_200_state
