from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...models.events_read_response_200 import EventsReadResponse200
from ...models.problem import Problem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    app_id: int,
    *,
    after: str | Unset = UNSET,
    from_ms: int | Unset = UNSET,
    room: str | Unset = UNSET,
    user: str | Unset = UNSET,
    limit: int | Unset = 100,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["after"] = after

    params["fromMs"] = from_ms

    params["room"] = room

    params["user"] = user

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v1/apps/{app_id}/events".format(
            app_id=quote(str(app_id), safe=""),
        ),
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> EventsReadResponse200 | Problem:
    if response.status_code == 200:
        response_200 = EventsReadResponse200.from_dict(response.json())

        return response_200

    response_default = Problem.from_dict(response.json())

    return response_default


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[EventsReadResponse200 | Problem]:
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
    after: str | Unset = UNSET,
    from_ms: int | Unset = UNSET,
    room: str | Unset = UNSET,
    user: str | Unset = UNSET,
    limit: int | Unset = 100,
) -> Response[EventsReadResponse200 | Problem]:
    """Reads the event log from a position on, oldest first.

    Args:
        app_id (int):
        after (str | Unset):
        from_ms (int | Unset):
        room (str | Unset):
        user (str | Unset):
        limit (int | Unset):  Default: 100.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[EventsReadResponse200 | Problem]
    """

    kwargs = _get_kwargs(
        app_id=app_id,
        after=after,
        from_ms=from_ms,
        room=room,
        user=user,
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
    after: str | Unset = UNSET,
    from_ms: int | Unset = UNSET,
    room: str | Unset = UNSET,
    user: str | Unset = UNSET,
    limit: int | Unset = 100,
) -> EventsReadResponse200 | Problem | None:
    """Reads the event log from a position on, oldest first.

    Args:
        app_id (int):
        after (str | Unset):
        from_ms (int | Unset):
        room (str | Unset):
        user (str | Unset):
        limit (int | Unset):  Default: 100.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        EventsReadResponse200 | Problem
    """

    return sync_detailed(
        app_id=app_id,
        client=client,
        after=after,
        from_ms=from_ms,
        room=room,
        user=user,
        limit=limit,
    ).parsed


async def asyncio_detailed(
    app_id: int,
    *,
    client: AuthenticatedClient,
    after: str | Unset = UNSET,
    from_ms: int | Unset = UNSET,
    room: str | Unset = UNSET,
    user: str | Unset = UNSET,
    limit: int | Unset = 100,
) -> Response[EventsReadResponse200 | Problem]:
    """Reads the event log from a position on, oldest first.

    Args:
        app_id (int):
        after (str | Unset):
        from_ms (int | Unset):
        room (str | Unset):
        user (str | Unset):
        limit (int | Unset):  Default: 100.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[EventsReadResponse200 | Problem]
    """

    kwargs = _get_kwargs(
        app_id=app_id,
        after=after,
        from_ms=from_ms,
        room=room,
        user=user,
        limit=limit,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    app_id: int,
    *,
    client: AuthenticatedClient,
    after: str | Unset = UNSET,
    from_ms: int | Unset = UNSET,
    room: str | Unset = UNSET,
    user: str | Unset = UNSET,
    limit: int | Unset = 100,
) -> EventsReadResponse200 | Problem | None:
    """Reads the event log from a position on, oldest first.

    Args:
        app_id (int):
        after (str | Unset):
        from_ms (int | Unset):
        room (str | Unset):
        user (str | Unset):
        limit (int | Unset):  Default: 100.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        EventsReadResponse200 | Problem
    """

    return (
        await asyncio_detailed(
            app_id=app_id,
            client=client,
            after=after,
            from_ms=from_ms,
            room=room,
            user=user,
            limit=limit,
        )
    ).parsed
