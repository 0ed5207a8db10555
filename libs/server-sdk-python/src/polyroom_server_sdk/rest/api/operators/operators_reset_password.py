from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...models.operators_reset_password_response_201 import (
    OperatorsResetPasswordResponse201,
)
from ...models.problem import Problem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    operator_id: str,
    *,
    idempotency_key: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["Idempotency-Key"] = idempotency_key

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/v1/operators/{operator_id}/password-reset".format(
            operator_id=quote(str(operator_id), safe=""),
        ),
    }

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> OperatorsResetPasswordResponse201 | Problem:
    if response.status_code == 201:
        response_201 = OperatorsResetPasswordResponse201.from_dict(response.json())

        return response_201

    response_default = Problem.from_dict(response.json())

    return response_default


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[OperatorsResetPasswordResponse201 | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    operator_id: str,
    *,
    client: AuthenticatedClient,
    idempotency_key: str | Unset = UNSET,
) -> Response[OperatorsResetPasswordResponse201 | Problem]:
    """Gives an operator a temporary password, and ends its sessions.

    Args:
        operator_id (str):
        idempotency_key (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[OperatorsResetPasswordResponse201 | Problem]
    """

    kwargs = _get_kwargs(
        operator_id=operator_id,
        idempotency_key=idempotency_key,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    operator_id: str,
    *,
    client: AuthenticatedClient,
    idempotency_key: str | Unset = UNSET,
) -> OperatorsResetPasswordResponse201 | Problem | None:
    """Gives an operator a temporary password, and ends its sessions.

    Args:
        operator_id (str):
        idempotency_key (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        OperatorsResetPasswordResponse201 | Problem
    """

    return sync_detailed(
        operator_id=operator_id,
        client=client,
        idempotency_key=idempotency_key,
    ).parsed


async def asyncio_detailed(
    operator_id: str,
    *,
    client: AuthenticatedClient,
    idempotency_key: str | Unset = UNSET,
) -> Response[OperatorsResetPasswordResponse201 | Problem]:
    """Gives an operator a temporary password, and ends its sessions.

    Args:
        operator_id (str):
        idempotency_key (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[OperatorsResetPasswordResponse201 | Problem]
    """

    kwargs = _get_kwargs(
        operator_id=operator_id,
        idempotency_key=idempotency_key,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    operator_id: str,
    *,
    client: AuthenticatedClient,
    idempotency_key: str | Unset = UNSET,
) -> OperatorsResetPasswordResponse201 | Problem | None:
    """Gives an operator a temporary password, and ends its sessions.

    Args:
        operator_id (str):
        idempotency_key (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        OperatorsResetPasswordResponse201 | Problem
    """

    return (
        await asyncio_detailed(
            operator_id=operator_id,
            client=client,
            idempotency_key=idempotency_key,
        )
    ).parsed
