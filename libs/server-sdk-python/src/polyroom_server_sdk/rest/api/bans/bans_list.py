from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...models.bans_list_response_200 import BansListResponse200
from ...models.problem import Problem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    app_id: int,
    *,
    user_id: str | Unset = UNSET,
    room_id: str | Unset = UNSET,
    address: str | Unset = UNSET,
    cursor: str | Unset = "0",
    limit: int | Unset = 100,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["userId"] = user_id

    params["roomId"] = room_id

    params["address"] = address

    params["cursor"] = cursor

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v1/apps/{app_id}/bans".format(
            app_id=quote(str(app_id), safe=""),
        ),
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> BansListResponse200 | Problem:
    if response.status_code == 200:
        response_200 = BansListResponse200.from_dict(response.json())

        return response_200

    response_default = Problem.from_dict(response.json())

    return response_default


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[BansListResponse200 | Problem]:
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
    user_id: str | Unset = UNSET,
    room_id: str | Unset = UNSET,
    address: str | Unset = UNSET,
    cursor: str | Unset = "0",
    limit: int | Unset = 100,
) -> Response[BansListResponse200 | Problem]:
    """Lists the bans in force, page by page.

    Args:
        app_id (int):
        user_id (str | Unset):
        room_id (str | Unset):
        address (str | Unset):
        cursor (str | Unset):  Default: '0'.
        limit (int | Unset):  Default: 100.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[BansListResponse200 | Problem]
    """

    kwargs = _get_kwargs(
        app_id=app_id,
        user_id=user_id,
        room_id=room_id,
        address=address,
        cursor=cursor,
        limit=limit,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    app_id: int,
    *,
    client: AuthenticatedClient,
    user_id: str | Unset = UNSET,
    room_id: str | Unset = UNSET,
    address: str | Unset = UNSET,
    cursor: str | Unset = "0",
    limit: int | Unset = 100,
) -> BansListResponse200 | Problem | None:
    """Lists the bans in force, page by page.

    Args:
        app_id (int):
        user_id (str | Unset):
        room_id (str | Unset):
        address (str | Unset):
        cursor (str | Unset):  Default: '0'.
        limit (int | Unset):  Default: 100.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        BansListResponse200 | Problem
    """

    return sync_detailed(
        app_id=app_id,
        client=client,
        user_id=user_id,
        room_id=room_id,
        address=address,
        cursor=cursor,
        limit=limit,
    ).parsed


async def asyncio_detailed(
    app_id: int,
    *,
    client: AuthenticatedClient,
    user_id: str | Unset = UNSET,
    room_id: str | Unset = UNSET,
    address: str | Unset = UNSET,
    cursor: str | Unset = "0",
    limit: int | Unset = 100,
) -> Response[BansListResponse200 | Problem]:
    """Lists the bans in force, page by page.

    Args:
        app_id (int):
        user_id (str | Unset):
        room_id (str | Unset):
        address (str | Unset):
        cursor (str | Unset):  Default: '0'.
        limit (int | Unset):  Default: 100.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[BansListResponse200 | Problem]
    """

    kwargs = _get_kwargs(
        app_id=app_id,
        user_id=user_id,
        room_id=room_id,
        address=address,
        cursor=cursor,
        limit=limit,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    app_id: int,
    *,
    client: AuthenticatedClient,
    user_id: str | Unset = UNSET,
    room_id: str | Unset = UNSET,
    address: str | Unset = UNSET,
    cursor: str | Unset = "0",
    limit: int | Unset = 100,
) -> BansListResponse200 | Problem | None:
    """Lists the bans in force, page by page.

    Args:
        app_id (int):
        user_id (str | Unset):
        room_id (str | Unset):
        address (str | Unset):
        cursor (str | Unset):  Default: '0'.
        limit (int | Unset):  Default: 100.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        BansListResponse200 | Problem
    """

    return (
        await asyncio_detailed(
            app_id=app_id,
            client=client,
            user_id=user_id,
            room_id=room_id,
            address=address,
            cursor=cursor,
            limit=limit,
        )
    ).parsed
