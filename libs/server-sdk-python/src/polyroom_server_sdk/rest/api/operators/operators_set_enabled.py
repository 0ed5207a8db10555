from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...models.operators_set_enabled_body import OperatorsSetEnabledBody
from ...models.operators_set_enabled_response_200 import OperatorsSetEnabledResponse200
from ...models.problem import Problem
from ...types import Response


def _get_kwargs(
    operator_id: str,
    *,
    body: OperatorsSetEnabledBody,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "put",
        "url": "/v1/operators/{operator_id}/enabled".format(
            operator_id=quote(str(operator_id), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> OperatorsSetEnabledResponse200 | Problem:
    if response.status_code == 200:
        response_200 = OperatorsSetEnabledResponse200.from_dict(response.json())

        return response_200

    response_default = Problem.from_dict(response.json())

    return response_default


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[OperatorsSetEnabledResponse200 | Problem]:
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
    body: OperatorsSetEnabledBody,
) -> Response[OperatorsSetEnabledResponse200 | Problem]:
    """Disables an operator, which ends its sessions, or enables it again.

    Args:
        operator_id (str):
        body (OperatorsSetEnabledBody):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[OperatorsSetEnabledResponse200 | Problem]
    """

    kwargs = _get_kwargs(
        operator_id=operator_id,
        body=body,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    operator_id: str,
    *,
    client: AuthenticatedClient,
    body: OperatorsSetEnabledBody,
) -> OperatorsSetEnabledResponse200 | Problem | None:
    """Disables an operator, which ends its sessions, or enables it again.

    Args:
        operator_id (str):
        body (OperatorsSetEnabledBody):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        OperatorsSetEnabledResponse200 | Problem
    """

    return sync_detailed(
        operator_id=operator_id,
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    operator_id: str,
    *,
    client: AuthenticatedClient,
    body: OperatorsSetEnabledBody,
) -> Response[OperatorsSetEnabledResponse200 | Problem]:
    """Disables an operator, which ends its sessions, or enables it again.

    Args:
        operator_id (str):
        body (OperatorsSetEnabledBody):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[OperatorsSetEnabledResponse200 | Problem]
    """

    kwargs = _get_kwargs(
        operator_id=operator_id,
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    operator_id: str,
    *,
    client: AuthenticatedClient,
    body: OperatorsSetEnabledBody,
) -> OperatorsSetEnabledResponse200 | Problem | None:
    """Disables an operator, which ends its sessions, or enables it again.

    Args:
        operator_id (str):
        body (OperatorsSetEnabledBody):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        OperatorsSetEnabledResponse200 | Problem
    """

    return (
        await asyncio_detailed(
            operator_id=operator_id,
            client=client,
            body=body,
        )
    ).parsed
