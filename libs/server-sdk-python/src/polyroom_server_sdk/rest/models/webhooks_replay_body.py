from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from typing_extensions import Self

from ..types import UNSET, Unset

T = TypeVar("T", bound="WebhooksReplayBody")


@_attrs_define
class WebhooksReplayBody:
    """
    Attributes:
        after (str | Unset):
        from_ms (int | Unset):
    """

    after: str | Unset = UNSET
    from_ms: int | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        after = self.after

        from_ms = self.from_ms

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if after is not UNSET:
            field_dict["after"] = after
        if from_ms is not UNSET:
            field_dict["fromMs"] = from_ms

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        after = d.pop("after", UNSET)

        from_ms = d.pop("fromMs", UNSET)

        webhooks_replay_body = cls(
            after=after,
            from_ms=from_ms,
        )

        return webhooks_replay_body
