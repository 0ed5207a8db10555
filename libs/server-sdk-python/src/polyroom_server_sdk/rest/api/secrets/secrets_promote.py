from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...models.problem import Problem
from ...models.secrets_promote_response_200 import SecretsPromoteResponse200
from ...types import Response


def _get_kwargs(
    app_id: int,
    secret_id: str,
) -> dict[str, Any]:

    _kwargs: dict[str, Any] = {
        "method": "put",
        "url": "/v1/apps/{app_id}/secrets/{secret_id}/primary".format(
            app_id=quote(str(app_id), safe=""),
            secret_id=quote(str(secret_id), safe=""),
        ),
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Problem | SecretsPromoteResponse200:
    if response.status_code == 200:
        response_200 = SecretsPromoteResponse200.from_dict(response.json())

        return response_200

    response_default = Problem.from_dict(response.json())

    return response_default


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[Problem | SecretsPromoteResponse200]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    app_id: int,
    secret_id: str,
    *,
    client: AuthenticatedClient,
) -> Response[Problem | SecretsPromoteResponse200]:
    """Makes a ServerSecret the one that new tokens should use.

    Args:
        app_id (int):
        secret_id (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | SecretsPromoteResponse200]
    """

    kwargs = _get_kwargs(
        app_id=app_id,
        secret_id=secret_id,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    app_id: int,
    secret_id: str,
    *,
    client: AuthenticatedClient,
) -> Problem | SecretsPromoteResponse200 | None:
    """Makes a ServerSecret the one that new tokens should use.

    Args:
        app_id (int):
        secret_id (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | SecretsPromoteResponse200
    """

    return sync_detailed(
        app_id=app_id,
        secret_id=secret_id,
        client=client,
    ).parsed


async def asyncio_detailed(
    app_id: int,
    secret_id: str,
    *,
    client: AuthenticatedClient,
) -> Response[Problem | SecretsPromoteResponse200]:
    """Makes a ServerSecret the one that new tokens should use.

    Args:
        app_id (int):
        secret_id (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | SecretsPromoteResponse200]
    """

    kwargs = _get_kwargs(
        app_id=app_id,
        secret_id=secret_id,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    app_id: int,
    secret_id: str,
    *,
    client: AuthenticatedClient,
) -> Problem | SecretsPromoteResponse200 | None:
    """Makes a ServerSecret the one that new tokens should use.

    Args:
        app_id (int):
        secret_id (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | SecretsPromoteResponse200
    """

    return (
        await asyncio_detailed(
            app_id=app_id,
            secret_id=secret_id,
            client=client,
        )
    ).parsed
