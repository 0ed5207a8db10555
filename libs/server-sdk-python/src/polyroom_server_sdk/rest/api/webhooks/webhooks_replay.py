from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...models.problem import Problem
from ...models.webhooks_replay_body import WebhooksReplayBody
from ...models.webhooks_replay_response_200 import WebhooksReplayResponse200
from ...types import UNSET, Response, Unset


def _get_kwargs(
    app_id: int,
    endpoint_id: str,
    *,
    body: WebhooksReplayBody,
    idempotency_key: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["Idempotency-Key"] = idempotency_key

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/v1/apps/{app_id}/webhooks/{endpoint_id}/replay".format(
            app_id=quote(str(app_id), safe=""),
            endpoint_id=quote(str(endpoint_id), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Problem | WebhooksReplayResponse200:
    if response.status_code == 200:
        response_200 = WebhooksReplayResponse200.from_dict(response.json())

        return response_200

    response_default = Problem.from_dict(response.json())

    return response_default


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[Problem | WebhooksReplayResponse200]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    app_id: int,
    endpoint_id: str,
    *,
    client: AuthenticatedClient,
    body: WebhooksReplayBody,
    idempotency_key: str | Unset = UNSET,
) -> Response[Problem | WebhooksReplayResponse200]:
    """Delivers again everything after a position or from a time on.

    Args:
        app_id (int):
        endpoint_id (str):
        idempotency_key (str | Unset):
        body (WebhooksReplayBody):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | WebhooksReplayResponse200]
    """

    kwargs = _get_kwargs(
        app_id=app_id,
        endpoint_id=endpoint_id,
        body=body,
        idempotency_key=idempotency_key,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    app_id: int,
    endpoint_id: str,
    *,
    client: AuthenticatedClient,
    body: WebhooksReplayBody,
    idempotency_key: str | Unset = UNSET,
) -> Problem | WebhooksReplayResponse200 | None:
    """Delivers again everything after a position or from a time on.

    Args:
        app_id (int):
        endpoint_id (str):
        idempotency_key (str | Unset):
        body (WebhooksReplayBody):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | WebhooksReplayResponse200
    """

    return sync_detailed(
        app_id=app_id,
        endpoint_id=endpoint_id,
        client=client,
        body=body,
        idempotency_key=idempotency_key,
    ).parsed


async def asyncio_detailed(
    app_id: int,
    endpoint_id: str,
    *,
    client: AuthenticatedClient,
    body: WebhooksReplayBody,
    idempotency_key: str | Unset = UNSET,
) -> Response[Problem | WebhooksReplayResponse200]:
    """Delivers again everything after a position or from a time on.

    Args:
        app_id (int):
        endpoint_id (str):
        idempotency_key (str | Unset):
        body (WebhooksReplayBody):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | WebhooksReplayResponse200]
    """

    kwargs = _get_kwargs(
        app_id=app_id,
        endpoint_id=endpoint_id,
        body=body,
        idempotency_key=idempotency_key,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    app_id: int,
    endpoint_id: str,
    *,
    client: AuthenticatedClient,
    body: WebhooksReplayBody,
    idempotency_key: str | Unset = UNSET,
) -> Problem | WebhooksReplayResponse200 | None:
    """Delivers again everything after a position or from a time on.

    Args:
        app_id (int):
        endpoint_id (str):
        idempotency_key (str | Unset):
        body (WebhooksReplayBody):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | WebhooksReplayResponse200
    """

    return (
        await asyncio_detailed(
            app_id=app_id,
            endpoint_id=endpoint_id,
            client=client,
            body=body,
            idempotency_key=idempotency_key,
        )
    ).parsed
