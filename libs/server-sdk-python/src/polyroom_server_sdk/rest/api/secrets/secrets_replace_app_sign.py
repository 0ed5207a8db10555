from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...models.problem import Problem
from ...models.secrets_replace_app_sign_body import SecretsReplaceAppSignBody
from ...models.secrets_replace_app_sign_response_200 import (
    SecretsReplaceAppSignResponse200,
)
from ...types import UNSET, Response, Unset


def _get_kwargs(
    app_id: int,
    *,
    body: SecretsReplaceAppSignBody | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "put",
        "url": "/v1/apps/{app_id}/app-sign".format(
            app_id=quote(str(app_id), safe=""),
        ),
    }

    if not isinstance(body, Unset):
        _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Problem | SecretsReplaceAppSignResponse200:
    if response.status_code == 200:
        response_200 = SecretsReplaceAppSignResponse200.from_dict(response.json())

        return response_200

    response_default = Problem.from_dict(response.json())

    return response_default


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[Problem | SecretsReplaceAppSignResponse200]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    app_id: int,
    *,
    client: AuthenticatedClient,
    body: SecretsReplaceAppSignBody | Unset = UNSET,
) -> Response[Problem | SecretsReplaceAppSignResponse200]:
    """Replaces the AppSign; the only reply with the new one.

    Args:
        app_id (int):
        body (SecretsReplaceAppSignBody | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | SecretsReplaceAppSignResponse200]
    """

    kwargs = _get_kwargs(
        app_id=app_id,
        body=body,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    app_id: int,
    *,
    client: AuthenticatedClient,
    body: SecretsReplaceAppSignBody | Unset = UNSET,
) -> Problem | SecretsReplaceAppSignResponse200 | None:
    """Replaces the AppSign; the only reply with the new one.

    Args:
        app_id (int):
        body (SecretsReplaceAppSignBody | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | SecretsReplaceAppSignResponse200
    """

    return sync_detailed(
        app_id=app_id,
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    app_id: int,
    *,
    client: AuthenticatedClient,
    body: SecretsReplaceAppSignBody | Unset = UNSET,
) -> Response[Problem | SecretsReplaceAppSignResponse200]:
    """Replaces the AppSign; the only reply with the new one.

    Args:
        app_id (int):
        body (SecretsReplaceAppSignBody | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | SecretsReplaceAppSignResponse200]
    """

    kwargs = _get_kwargs(
        app_id=app_id,
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    app_id: int,
    *,
    client: AuthenticatedClient,
    body: SecretsReplaceAppSignBody | Unset = UNSET,
) -> Problem | SecretsReplaceAppSignResponse200 | None:
    """Replaces the AppSign; the only reply with the new one.

    Args:
        app_id (int):
        body (SecretsReplaceAppSignBody | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | SecretsReplaceAppSignResponse200
    """

    return (
        await asyncio_detailed(
            app_id=app_id,
            client=client,
            body=body,
        )
    ).parsed
