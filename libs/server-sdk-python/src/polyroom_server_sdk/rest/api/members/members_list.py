from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...models.members_list_response_200 import MembersListResponse200
from ...models.problem import Problem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    app_id: int,
    room_id: str,
    *,
    cursor: str | Unset = "0",
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["cursor"] = cursor

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v1/apps/{app_id}/rooms/{room_id}/members".format(
            app_id=quote(str(app_id), safe=""),
            room_id=quote(str(room_id), safe=""),
        ),
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> MembersListResponse200 | Problem:
    if response.status_code == 200:
        response_200 = MembersListResponse200.from_dict(response.json())

        return response_200

    response_default = Problem.from_dict(response.json())

    return response_default


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[MembersListResponse200 | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    app_id: int,
    room_id: str,
    *,
    client: AuthenticatedClient,
    cursor: str | Unset = "0",
) -> Response[MembersListResponse200 | Problem]:
    """Lists the members of a room, page by page.

    Args:
        app_id (int):
        room_id (str):
        cursor (str | Unset):  Default: '0'.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[MembersListResponse200 | Problem]
    """

    kwargs = _get_kwargs(
        app_id=app_id,
        room_id=room_id,
        cursor=cursor,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    app_id: int,
    room_id: str,
    *,
    client: AuthenticatedClient,
    cursor: str | Unset = "0",
) -> MembersListResponse200 | Problem | None:
    """Lists the members of a room, page by page.

    Args:
        app_id (int):
        room_id (str):
        cursor (str | Unset):  Default: '0'.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        MembersListResponse200 | Problem
    """

    return sync_detailed(
        app_id=app_id,
        room_id=room_id,
        client=client,
        cursor=cursor,
    ).parsed


async def asyncio_detailed(
    app_id: int,
    room_id: str,
    *,
    client: AuthenticatedClient,
    cursor: str | Unset = "0",
) -> Response[MembersListResponse200 | Problem]:
    """Lists the members of a room, page by page.

    Args:
        app_id (int):
        room_id (str):
        cursor (str | Unset):  Default: '0'.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[MembersListResponse200 | Problem]
    """

    kwargs = _get_kwargs(
        app_id=app_id,
        room_id=room_id,
        cursor=cursor,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    app_id: int,
    room_id: str,
    *,
    client: AuthenticatedClient,
    cursor: str | Unset = "0",
) -> MembersListResponse200 | Problem | None:
    """Lists the members of a room, page by page.

    Args:
        app_id (int):
        room_id (str):
        cursor (str | Unset):  Default: '0'.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        MembersListResponse200 | Problem
    """

    return (
        await asyncio_detailed(
            app_id=app_id,
            room_id=room_id,
            client=client,
            cursor=cursor,
        )
    ).parsed
