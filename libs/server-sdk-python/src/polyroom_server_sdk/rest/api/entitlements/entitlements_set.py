from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...models.entitlements_set_body import EntitlementsSetBody
from ...models.entitlements_set_response_200 import EntitlementsSetResponse200
from ...models.problem import Problem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    app_id: int,
    name: str,
    *,
    body: EntitlementsSetBody,
    if_match: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(if_match, Unset):
        headers["If-Match"] = if_match

    _kwargs: dict[str, Any] = {
        "method": "put",
        "url": "/v1/apps/{app_id}/entitlements/{name}".format(
            app_id=quote(str(app_id), safe=""),
            name=quote(str(name), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> EntitlementsSetResponse200 | Problem:
    if response.status_code == 200:
        response_200 = EntitlementsSetResponse200.from_dict(response.json())

        return response_200

    response_default = Problem.from_dict(response.json())

    return response_default


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[EntitlementsSetResponse200 | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    app_id: int,
    name: str,
    *,
    client: AuthenticatedClient,
    body: EntitlementsSetBody,
    if_match: str | Unset = UNSET,
) -> Response[EntitlementsSetResponse200 | Problem]:
    """Sets an entitlement; null restores the default.

    Args:
        app_id (int):
        name (str):
        if_match (str | Unset):
        body (EntitlementsSetBody):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[EntitlementsSetResponse200 | Problem]
    """

    kwargs = _get_kwargs(
        app_id=app_id,
        name=name,
        body=body,
        if_match=if_match,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    app_id: int,
    name: str,
    *,
    client: AuthenticatedClient,
    body: EntitlementsSetBody,
    if_match: str | Unset = UNSET,
) -> EntitlementsSetResponse200 | Problem | None:
    """Sets an entitlement; null restores the default.

    Args:
        app_id (int):
        name (str):
        if_match (str | Unset):
        body (EntitlementsSetBody):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        EntitlementsSetResponse200 | Problem
    """

    return sync_detailed(
        app_id=app_id,
        name=name,
        client=client,
        body=body,
        if_match=if_match,
    ).parsed


async def asyncio_detailed(
    app_id: int,
    name: str,
    *,
    client: AuthenticatedClient,
    body: EntitlementsSetBody,
    if_match: str | Unset = UNSET,
) -> Response[EntitlementsSetResponse200 | Problem]:
    """Sets an entitlement; null restores the default.

    Args:
        app_id (int):
        name (str):
        if_match (str | Unset):
        body (EntitlementsSetBody):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[EntitlementsSetResponse200 | Problem]
    """

    kwargs = _get_kwargs(
        app_id=app_id,
        name=name,
        body=body,
        if_match=if_match,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    app_id: int,
    name: str,
    *,
    client: AuthenticatedClient,
    body: EntitlementsSetBody,
    if_match: str | Unset = UNSET,
) -> EntitlementsSetResponse200 | Problem | None:
    """Sets an entitlement; null restores the default.

    Args:
        app_id (int):
        name (str):
        if_match (str | Unset):
        body (EntitlementsSetBody):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        EntitlementsSetResponse200 | Problem
    """

    return (
        await asyncio_detailed(
            app_id=app_id,
            name=name,
            client=client,
            body=body,
            if_match=if_match,
        )
    ).parsed
