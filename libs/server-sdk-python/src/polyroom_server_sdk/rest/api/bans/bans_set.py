from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...models.bans_set_body import BansSetBody
from ...models.bans_set_response_200 import BansSetResponse200
from ...models.problem import Problem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    app_id: int,
    *,
    body: BansSetBody,
    idempotency_key: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["Idempotency-Key"] = idempotency_key

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/v1/apps/{app_id}/bans".format(
            app_id=quote(str(app_id), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> BansSetResponse200 | Problem:
    if response.status_code == 200:
        response_200 = BansSetResponse200.from_dict(response.json())

        return response_200

    response_default = Problem.from_dict(response.json())

    return response_default


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[BansSetResponse200 | Problem]:
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
    body: BansSetBody,
    idempotency_key: str | Unset = UNSET,
) -> Response[BansSetResponse200 | Problem]:
    """Bans a user, a room, a user in a room, or an address or network, or a user from publishing or
    playing; 0 lifts the ban.

    Args:
        app_id (int):
        idempotency_key (str | Unset):
        body (BansSetBody):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[BansSetResponse200 | Problem]
    """

    kwargs = _get_kwargs(
        app_id=app_id,
        body=body,
        idempotency_key=idempotency_key,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    app_id: int,
    *,
    client: AuthenticatedClient,
    body: BansSetBody,
    idempotency_key: str | Unset = UNSET,
) -> BansSetResponse200 | Problem | None:
    """Bans a user, a room, a user in a room, or an address or network, or a user from publishing or
    playing; 0 lifts the ban.

    Args:
        app_id (int):
        idempotency_key (str | Unset):
        body (BansSetBody):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        BansSetResponse200 | Problem
    """

    return sync_detailed(
        app_id=app_id,
        client=client,
        body=body,
        idempotency_key=idempotency_key,
    ).parsed


async def asyncio_detailed(
    app_id: int,
    *,
    client: AuthenticatedClient,
    body: BansSetBody,
    idempotency_key: str | Unset = UNSET,
) -> Response[BansSetResponse200 | Problem]:
    """Bans a user, a room, a user in a room, or an address or network, or a user from publishing or
    playing; 0 lifts the ban.

    Args:
        app_id (int):
        idempotency_key (str | Unset):
        body (BansSetBody):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[BansSetResponse200 | Problem]
    """

    kwargs = _get_kwargs(
        app_id=app_id,
        body=body,
        idempotency_key=idempotency_key,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    app_id: int,
    *,
    client: AuthenticatedClient,
    body: BansSetBody,
    idempotency_key: str | Unset = UNSET,
) -> BansSetResponse200 | Problem | None:
    """Bans a user, a room, a user in a room, or an address or network, or a user from publishing or
    playing; 0 lifts the ban.

    Args:
        app_id (int):
        idempotency_key (str | Unset):
        body (BansSetBody):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        BansSetResponse200 | Problem
    """

    return (
        await asyncio_detailed(
            app_id=app_id,
            client=client,
            body=body,
            idempotency_key=idempotency_key,
        )
    ).parsed
