from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from typing_extensions import Self

from ..types import UNSET, Unset

T = TypeVar("T", bound="WebhooksRotateBody")


@_attrs_define
class WebhooksRotateBody:
    """
    Attributes:
        overlap_seconds (int | Unset):  Default: 86400.
        secret (str | Unset):
    """

    overlap_seconds: int | Unset = 86400
    secret: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        overlap_seconds = self.overlap_seconds

        secret = self.secret

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if overlap_seconds is not UNSET:
            field_dict["overlapSeconds"] = overlap_seconds
        if secret is not UNSET:
            field_dict["secret"] = secret

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        overlap_seconds = d.pop("overlapSeconds", UNSET)

        secret = d.pop("secret", UNSET)

        webhooks_rotate_body = cls(
            overlap_seconds=overlap_seconds,
            secret=secret,
        )

        return webhooks_rotate_body
