import { randomUUID } from 'node:crypto';
import { assertInteger, assertObject, assertString, refusal } from '../checks.js';
import { routes } from './generated/rest-api.js';
import {
  type ArgumentsOf,
  type OperationId,
  type Operations,
  type ReplyOf,
  type RequestOptions,
  type RestAnswer,
} from './operation-types.js';
import { RestTransport } from './rest-transport.js';

export interface PolyroomServerOptions {
  /** Of a gateway, or of what balances the load of several: `https://gateway.example.com`. */
  url: string;
  /** An API key, or another credential of the API. */
  apiKey: string;
  /** For operations without an `appId` of their own. */
  appId?: number;
  /** Of each attempt; 10 s by default. */
  timeoutMs?: number;
  /** Including the first one; 4 by default. */
  attempts?: number;
}

/** The REST API. Each operation is a method: `rooms_list` is `rooms.list`. */
export type PolyroomServer = Operations & {
  /** As the method of the operation, with what the answer has beside its body. */
  send<Id extends OperationId>(
    operationId: Id,
    args: ArgumentsOf<Id>,
    options?: RequestOptions,
  ): Promise<RestAnswer<ReplyOf<Id>>>;
};

const optionNames = ['url', 'apiKey', 'appId', 'timeoutMs', 'attempts'];
const requestOptionNames = ['ifMatch', 'idempotencyKey', 'signal'];

class RestClient {
  private readonly transport: RestTransport;
  private readonly appId: number | undefined;

  constructor(options: PolyroomServerOptions) {
    assertObject('options', options, optionNames);
    const { apiKey, appId, attempts = 4, timeoutMs = 10_000, url } = options;
    assertString('apiKey', apiKey);
    if (!/^[\x21-\x7e]+$/.test(apiKey)) {
      throw refusal('apiKey', 'has characters that no key has');
    }
    assertInteger('attempts', attempts, { min: 1, max: 100 });
    assertInteger('timeoutMs', timeoutMs, { min: 1, max: 2 ** 31 - 1 });
    if (appId !== undefined) {
      assertInteger('appId', appId, { min: 1, max: 0xffffffff });
    }
    this.appId = appId;
    this.transport = new RestTransport({ baseUrl: toBaseUrl(url), apiKey, timeoutMs, attempts });
    const groups: Record<string, Record<string, unknown>> = {};
    for (const operationId of Object.keys(routes) as OperationId[]) {
      const [group, method] = operationId.split('_') as [string, string];
      (groups[group] ??= {})[method] = async (args: never, requestOptions?: RequestOptions) =>
        (await this.send(operationId, args, requestOptions)).body;
    }
    Object.assign(this, groups);
  }

  async send<Id extends OperationId>(
    operationId: Id,
    args: ArgumentsOf<Id> | undefined,
    options: RequestOptions = {},
  ): Promise<RestAnswer<ReplyOf<Id>>> {
    const { method, path, takesEtag, takesKey } = routes[operationId];
    assertObject('options', options, requestOptionNames);
    const { body, ...values } = (args ?? {}) as Record<string, unknown>;
    const { idempotencyKey, ifMatch, signal } = options;
    // The gateway would ignore the header.
    if (ifMatch !== undefined && !takesEtag) {
      throw refusal('ifMatch', `is not taken by ${operationId}`);
    }
    if (idempotencyKey !== undefined && !takesKey) {
      throw refusal('idempotencyKey', `is not taken by ${operationId}`);
    }
    const answer = await this.transport.send({
      method,
      path: this.toPath(path, values),
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
        ...(takesKey ? { 'idempotency-key': idempotencyKey ?? randomUUID() } : {}),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
      // A repetition would be refused: the first one may have made a newer state.
      isRepeatable: ifMatch === undefined && (method !== 'POST' || takesKey),
      signal,
    });
    const { headers, status, text } = answer;
    return {
      body: parseBody(headers, text) as ReplyOf<Id>,
      status,
      etag: headers.get('etag') ?? undefined,
      requestId: headers.get('x-request-id') ?? undefined,
    };
  }

  /** What is not in the path is in the query. */
  private toPath(template: string, values: Record<string, unknown>): string {
    const query = new Map<string, unknown>(
      Object.entries({ appId: this.appId, ...withoutUndefined(values) }),
    );
    const path = template.replace(/\{(\w+)\}/g, (_all, name: string) => {
      const value = query.get(name);
      if ((typeof value !== 'string' && typeof value !== 'number') || value === '') {
        throw refusal(name, 'is missing');
      }
      // URLs resolve them, also when they are encoded.
      if (value === '.' || value === '..') {
        throw refusal(name, 'must not be . or .. in a path');
      }
      query.delete(name);
      return encodeURIComponent(value);
    });
    query.delete('appId');
    const search = new URLSearchParams(
      [...query].map(([name, value]): [string, string] => [name, String(value)]),
    );
    return search.size === 0 ? path : `${path}?${search.toString()}`;
  }
}

/** A client of the REST API. */
export const PolyroomServer = RestClient as unknown as new (options: PolyroomServerOptions) => PolyroomServer;

/** Reads a list page by page. */
export async function* pages<Page extends { next?: string }>(
  read: (position: { cursor?: string }) => Promise<Page>,
): AsyncGenerator<Page, void> {
  let position: { cursor?: string } = {};
  for (;;) {
    const page = await read(position);
    yield page;
    if (page.next === undefined) {
      return;
    }
    position = { cursor: page.next };
  }
}

/** An export has one document per line. */
function parseBody(headers: Headers, text: string): unknown {
  const type = headers.get('content-type')?.split(';', 1)[0];
  if (type === 'application/x-ndjson') {
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as unknown);
  }
  if (type !== 'application/json') {
    throw refusal(
      'url',
      `is not that of a gateway, which would not answer with ${type ?? 'no content type'}`,
    );
  }
  return JSON.parse(text);
}

function toBaseUrl(value: unknown): string {
  assertString('url', value);
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
    throw refusal('url', 'must be an absolute http or https URL');
  }
  if (url.search !== '' || url.hash !== '' || url.username !== '' || url.password !== '') {
    throw refusal('url', 'must have no query, fragment or user');
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

function withoutUndefined(values: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
