from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from typing_extensions import Self

from ..types import UNSET, Unset

T = TypeVar("T", bound="TransfersCopyBody")


@_attrs_define
class TransfersCopyBody:
    """
    Attributes:
        to (str):
        from_ (str | Unset):
        share_streams (bool | Unset):  Default: True.
    """

    to: str
    from_: str | Unset = UNSET
    share_streams: bool | Unset = True

    def to_dict(self) -> dict[str, Any]:
        to = self.to

        from_ = self.from_

        share_streams = self.share_streams

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "to": to,
            }
        )
        if from_ is not UNSET:
            field_dict["from"] = from_
        if share_streams is not UNSET:
            field_dict["shareStreams"] = share_streams

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        to = d.pop("to")

        from_ = d.pop("from", UNSET)

        share_streams = d.pop("shareStreams", UNSET)

        transfers_copy_body = cls(
            to=to,
            from_=from_,
            share_streams=share_streams,
        )

        return transfers_copy_body
