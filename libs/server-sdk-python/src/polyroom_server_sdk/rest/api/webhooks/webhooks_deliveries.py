from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...models.delivery_outcome import DeliveryOutcome
from ...models.problem import Problem
from ...models.webhooks_deliveries_response_200 import WebhooksDeliveriesResponse200
from ...types import UNSET, Response, Unset


def _get_kwargs(
    app_id: int,
    endpoint_id: str,
    *,
    outcome: DeliveryOutcome | Unset = UNSET,
    limit: int | Unset = 100,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_outcome: str | Unset = UNSET
    if not isinstance(outcome, Unset):
        json_outcome = outcome

    params["outcome"] = json_outcome

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v1/apps/{app_id}/webhooks/{endpoint_id}/deliveries".format(
            app_id=quote(str(app_id), safe=""),
            endpoint_id=quote(str(endpoint_id), safe=""),
        ),
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Problem | WebhooksDeliveriesResponse200:
    if response.status_code == 200:
        response_200 = WebhooksDeliveriesResponse200.from_dict(response.json())

        return response_200

    response_default = Problem.from_dict(response.json())

    return response_default


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[Problem | WebhooksDeliveriesResponse200]:
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
    outcome: DeliveryOutcome | Unset = UNSET,
    limit: int | Unset = 100,
) -> Response[Problem | WebhooksDeliveriesResponse200]:
    """Lists the latest attempts to deliver, the newest first.

    Args:
        app_id (int):
        endpoint_id (str):
        outcome (DeliveryOutcome | Unset):
        limit (int | Unset):  Default: 100.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | WebhooksDeliveriesResponse200]
    """

    kwargs = _get_kwargs(
        app_id=app_id,
        endpoint_id=endpoint_id,
        outcome=outcome,
        limit=limit,
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
    outcome: DeliveryOutcome | Unset = UNSET,
    limit: int | Unset = 100,
) -> Problem | WebhooksDeliveriesResponse200 | None:
    """Lists the latest attempts to deliver, the newest first.

    Args:
        app_id (int):
        endpoint_id (str):
        outcome (DeliveryOutcome | Unset):
        limit (int | Unset):  Default: 100.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | WebhooksDeliveriesResponse200
    """

    return sync_detailed(
        app_id=app_id,
        endpoint_id=endpoint_id,
        client=client,
        outcome=outcome,
        limit=limit,
    ).parsed


async def asyncio_detailed(
    app_id: int,
    endpoint_id: str,
    *,
    client: AuthenticatedClient,
    outcome: DeliveryOutcome | Unset = UNSET,
    limit: int | Unset = 100,
) -> Response[Problem | WebhooksDeliveriesResponse200]:
    """Lists the latest attempts to deliver, the newest first.

    Args:
        app_id (int):
        endpoint_id (str):
        outcome (DeliveryOutcome | Unset):
        limit (int | Unset):  Default: 100.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | WebhooksDeliveriesResponse200]
    """

    kwargs = _get_kwargs(
        app_id=app_id,
        endpoint_id=endpoint_id,
        outcome=outcome,
        limit=limit,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    app_id: int,
    endpoint_id: str,
    *,
    client: AuthenticatedClient,
    outcome: DeliveryOutcome | Unset = UNSET,
    limit: int | Unset = 100,
) -> Problem | WebhooksDeliveriesResponse200 | None:
    """Lists the latest attempts to deliver, the newest first.

    Args:
        app_id (int):
        endpoint_id (str):
        outcome (DeliveryOutcome | Unset):
        limit (int | Unset):  Default: 100.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | WebhooksDeliveriesResponse200
    """

    return (
        await asyncio_detailed(
            app_id=app_id,
            endpoint_id=endpoint_id,
            client=client,
            outcome=outcome,
            limit=limit,
        )
    ).parsed
