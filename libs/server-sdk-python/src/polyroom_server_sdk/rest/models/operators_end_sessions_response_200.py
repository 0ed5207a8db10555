from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from typing_extensions import Self

T = TypeVar("T", bound="OperatorsEndSessionsResponse200")


@_attrs_define
class OperatorsEndSessionsResponse200:
    """
    Attributes:
        ended (int):
    """

    ended: int

    def to_dict(self) -> dict[str, Any]:
        ended = self.ended

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "ended": ended,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        ended = d.pop("ended")

        operators_end_sessions_response_200 = cls(
            ended=ended,
        )

        return operators_end_sessions_response_200
