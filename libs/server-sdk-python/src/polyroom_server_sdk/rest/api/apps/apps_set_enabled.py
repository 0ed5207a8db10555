from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...models.apps_set_enabled_body import AppsSetEnabledBody
from ...models.apps_set_enabled_response_200 import AppsSetEnabledResponse200
from ...models.problem import Problem
from ...types import Response


def _get_kwargs(
    app_id: int,
    *,
    body: AppsSetEnabledBody,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "put",
        "url": "/v1/apps/{app_id}/enabled".format(
            app_id=quote(str(app_id), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> AppsSetEnabledResponse200 | Problem:
    if response.status_code == 200:
        response_200 = AppsSetEnabledResponse200.from_dict(response.json())

        return response_200

    response_default = Problem.from_dict(response.json())

    return response_default


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[AppsSetEnabledResponse200 | Problem]:
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
    body: AppsSetEnabledBody,
) -> Response[AppsSetEnabledResponse200 | Problem]:
    """Disables an AppID and ends its sessions, or enables it.

    Args:
        app_id (int):
        body (AppsSetEnabledBody):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[AppsSetEnabledResponse200 | Problem]
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
    body: AppsSetEnabledBody,
) -> AppsSetEnabledResponse200 | Problem | None:
    """Disables an AppID and ends its sessions, or enables it.

    Args:
        app_id (int):
        body (AppsSetEnabledBody):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        AppsSetEnabledResponse200 | Problem
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
    body: AppsSetEnabledBody,
) -> Response[AppsSetEnabledResponse200 | Problem]:
    """Disables an AppID and ends its sessions, or enables it.

    Args:
        app_id (int):
        body (AppsSetEnabledBody):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[AppsSetEnabledResponse200 | Problem]
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
    body: AppsSetEnabledBody,
) -> AppsSetEnabledResponse200 | Problem | None:
    """Disables an AppID and ends its sessions, or enables it.

    Args:
        app_id (int):
        body (AppsSetEnabledBody):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        AppsSetEnabledResponse200 | Problem
    """

    return (
        await asyncio_detailed(
            app_id=app_id,
            client=client,
            body=body,
        )
    ).parsed
