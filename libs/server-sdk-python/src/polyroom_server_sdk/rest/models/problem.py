from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from typing_extensions import Self

from ..models.problem_fault import ProblemFault, check_problem_fault
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.problem_details import ProblemDetails
    from ..models.problem_error import ProblemError


T = TypeVar("T", bound="Problem")


@_attrs_define
class Problem:
    """
    Attributes:
        code (int):
        name (str):
        retryable (bool):
        type_ (str):
        title (str):
        status (int):
        detail (str):
        instance (str):
        error (ProblemError):
        details (ProblemDetails | Unset):
        correlation_id (str | Unset):
        fault (ProblemFault | Unset):
    """

    code: int
    name: str
    retryable: bool
    type_: str
    title: str
    status: int
    detail: str
    instance: str
    error: ProblemError
    details: ProblemDetails | Unset = UNSET
    correlation_id: str | Unset = UNSET
    fault: ProblemFault | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        code = self.code

        name = self.name

        retryable = self.retryable

        type_ = self.type_

        title = self.title

        status = self.status

        detail = self.detail

        instance = self.instance

        error = self.error.to_dict()

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
                "retryable": retryable,
                "type": type_,
                "title": title,
                "status": status,
                "detail": detail,
                "instance": instance,
                "error": error,
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
        from ..models.problem_details import ProblemDetails
        from ..models.problem_error import ProblemError

        d = dict(src_dict)
        code = d.pop("code")

        name = d.pop("name")

        retryable = d.pop("retryable")

        type_ = d.pop("type")

        title = d.pop("title")

        status = d.pop("status")

        detail = d.pop("detail")

        instance = d.pop("instance")

        error = ProblemError.from_dict(d.pop("error"))

        _details = d.pop("details", UNSET)
        details: ProblemDetails | Unset
        if isinstance(_details, Unset):
            details = UNSET
        else:
            details = ProblemDetails.from_dict(_details)

        correlation_id = d.pop("correlationId", UNSET)

        _fault = d.pop("fault", UNSET)
        fault: ProblemFault | Unset
        if isinstance(_fault, Unset):
            fault = UNSET
        else:
            fault = check_problem_fault(_fault)

        problem = cls(
            code=code,
            name=name,
            retryable=retryable,
            type_=type_,
            title=title,
            status=status,
            detail=detail,
            instance=instance,
            error=error,
            details=details,
            correlation_id=correlation_id,
            fault=fault,
        )

        return problem
