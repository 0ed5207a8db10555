from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...models.operators_list_sessions_response_200 import (
    OperatorsListSessionsResponse200,
)
from ...models.problem import Problem
from ...types import Response


def _get_kwargs(
    operator_id: str,
) -> dict[str, Any]:

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v1/operators/{operator_id}/sessions".format(
            operator_id=quote(str(operator_id), safe=""),
        ),
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> OperatorsListSessionsResponse200 | Problem:
    if response.status_code == 200:
        response_200 = OperatorsListSessionsResponse200.from_dict(response.json())

        return response_200

    response_default = Problem.from_dict(response.json())

    return response_default


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[OperatorsListSessionsResponse200 | Problem]:
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
) -> Response[OperatorsListSessionsResponse200 | Problem]:
    """Lists the sessions of an operator, newest first.

    Args:
        operator_id (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[OperatorsListSessionsResponse200 | Problem]
    """

    kwargs = _get_kwargs(
        operator_id=operator_id,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    operator_id: str,
    *,
    client: AuthenticatedClient,
) -> OperatorsListSessionsResponse200 | Problem | None:
    """Lists the sessions of an operator, newest first.

    Args:
        operator_id (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        OperatorsListSessionsResponse200 | Problem
    """

    return sync_detailed(
        operator_id=operator_id,
        client=client,
    ).parsed


async def asyncio_detailed(
    operator_id: str,
    *,
    client: AuthenticatedClient,
) -> Response[OperatorsListSessionsResponse200 | Problem]:
    """Lists the sessions of an operator, newest first.

    Args:
        operator_id (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[OperatorsListSessionsResponse200 | Problem]
    """

    kwargs = _get_kwargs(
        operator_id=operator_id,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    operator_id: str,
    *,
    client: AuthenticatedClient,
) -> OperatorsListSessionsResponse200 | Problem | None:
    """Lists the sessions of an operator, newest first.

    Args:
        operator_id (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        OperatorsListSessionsResponse200 | Problem
    """

    return (
        await asyncio_detailed(
            operator_id=operator_id,
            client=client,
        )
    ).parsed
