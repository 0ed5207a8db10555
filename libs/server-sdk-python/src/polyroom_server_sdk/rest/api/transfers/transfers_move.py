from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...models.problem import Problem
from ...models.transfers_move_body import TransfersMoveBody
from ...models.transfers_move_response_200 import TransfersMoveResponse200
from ...types import UNSET, Response, Unset


def _get_kwargs(
    app_id: int,
    user_id: str,
    *,
    body: TransfersMoveBody,
    idempotency_key: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["Idempotency-Key"] = idempotency_key

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/v1/apps/{app_id}/users/{user_id}/move".format(
            app_id=quote(str(app_id), safe=""),
            user_id=quote(str(user_id), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Problem | TransfersMoveResponse200:
    if response.status_code == 200:
        response_200 = TransfersMoveResponse200.from_dict(response.json())

        return response_200

    response_default = Problem.from_dict(response.json())

    return response_default


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[Problem | TransfersMoveResponse200]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    app_id: int,
    user_id: str,
    *,
    client: AuthenticatedClient,
    body: TransfersMoveBody,
    idempotency_key: str | Unset = UNSET,
) -> Response[Problem | TransfersMoveResponse200]:
    """Moves a user, with its streams, from one room to another.

    Args:
        app_id (int):
        user_id (str):
        idempotency_key (str | Unset):
        body (TransfersMoveBody):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | TransfersMoveResponse200]
    """

    kwargs = _get_kwargs(
        app_id=app_id,
        user_id=user_id,
        body=body,
        idempotency_key=idempotency_key,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    app_id: int,
    user_id: str,
    *,
    client: AuthenticatedClient,
    body: TransfersMoveBody,
    idempotency_key: str | Unset = UNSET,
) -> Problem | TransfersMoveResponse200 | None:
    """Moves a user, with its streams, from one room to another.

    Args:
        app_id (int):
        user_id (str):
        idempotency_key (str | Unset):
        body (TransfersMoveBody):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | TransfersMoveResponse200
    """

    return sync_detailed(
        app_id=app_id,
        user_id=user_id,
        client=client,
        body=body,
        idempotency_key=idempotency_key,
    ).parsed


async def asyncio_detailed(
    app_id: int,
    user_id: str,
    *,
    client: AuthenticatedClient,
    body: TransfersMoveBody,
    idempotency_key: str | Unset = UNSET,
) -> Response[Problem | TransfersMoveResponse200]:
    """Moves a user, with its streams, from one room to another.

    Args:
        app_id (int):
        user_id (str):
        idempotency_key (str | Unset):
        body (TransfersMoveBody):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | TransfersMoveResponse200]
    """

    kwargs = _get_kwargs(
        app_id=app_id,
        user_id=user_id,
        body=body,
        idempotency_key=idempotency_key,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    app_id: int,
    user_id: str,
    *,
    client: AuthenticatedClient,
    body: TransfersMoveBody,
    idempotency_key: str | Unset = UNSET,
) -> Problem | TransfersMoveResponse200 | None:
    """Moves a user, with its streams, from one room to another.

    Args:
        app_id (int):
        user_id (str):
        idempotency_key (str | Unset):
        body (TransfersMoveBody):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | TransfersMoveResponse200
    """

    return (
        await asyncio_detailed(
            app_id=app_id,
            user_id=user_id,
            client=client,
            body=body,
            idempotency_key=idempotency_key,
        )
    ).parsed
