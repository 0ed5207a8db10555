from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from typing_extensions import Self

from ..models.problem_error_fault import ProblemErrorFault, check_problem_error_fault
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.problem_error_details import ProblemErrorDetails


T = TypeVar("T", bound="ProblemError")


@_attrs_define
class ProblemError:
    """
    Attributes:
        code (int):
        name (str):
        message (str):
        retryable (bool):
        details (ProblemErrorDetails | Unset):
        correlation_id (str | Unset):
        fault (ProblemErrorFault | Unset):
    """

    code: int
    name: str
    message: str
    retryable: bool
    details: ProblemErrorDetails | Unset = UNSET
    correlation_id: str | Unset = UNSET
    fault: ProblemErrorFault | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        code = self.code

        name = self.name

        message = self.message

        retryable = self.retryable

        details: dict[str, Any] | Unset = UNSET
        if not isinstance(self.details, Unset):
            details = self.details.to_dict()

        correlation_id = self.correlation_id

        fault: str | Unset = UNSET
        if not isinstance(self.fault, Unset):
            fault = self.fault

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "code": code,
                "name": name,
                "message": message,
                "retryable": retryable,
            }
        )
        if details is not UNSET:
            field_dict["details"] = details
        if correlation_id is not UNSET:
            field_dict["correlationId"] = correlation_id
        if fault is not UNSET:
            field_dict["fault"] = fault

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.problem_error_details import ProblemErrorDetails

        d = dict(src_dict)
        code = d.pop("code")

        name = d.pop("name")

        message = d.pop("message")

        retryable = d.pop("retryable")

        _details = d.pop("details", UNSET)
        details: ProblemErrorDetails | Unset
        if isinstance(_details, Unset):
            details = UNSET
        else:
            details = ProblemErrorDetails.from_dict(_details)

        correlation_id = d.pop("correlationId", UNSET)

        _fault = d.pop("fault", UNSET)
        fault: ProblemErrorFault | Unset
        if isinstance(_fault, Unset):
            fault = UNSET
        else:
            fault = check_problem_error_fault(_fault)

        problem_error = cls(
            code=code,
            name=name,
            message=message,
            retryable=retryable,
            details=details,
            correlation_id=correlation_id,
            fault=fault,
        )

        return problem_error
