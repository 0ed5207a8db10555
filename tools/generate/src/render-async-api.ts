import {
  clientCloseCodes,
  clientEvents,
  clientMethods,
  clientSocketPath,
  clientSubprotocol,
  wireErrorSchema,
} from '@polyroom/contracts';
import { z } from 'zod';

/** A JSON object, as far as this page needs one. */
type Json = Record<string, unknown>;

/**
 * Renders `docs/asyncapi.json`: the whole client protocol as AsyncAPI 3, from the schemas that validate every
 * frame. A request and its answer have the same `id`.
 */
export function renderAsyncApi(): string {
  const methods = Object.entries(clientMethods);
  const events = Object.entries(clientEvents);
  const requests = methods.map(([method, { params }]) => [
    messageName('request', method),
    message(`Request ${method}`, {
      id: { type: 'integer', minimum: 0, description: 'Chosen by the client; the answer has the same.' },
      method: { const: method },
      params: toJsonSchema(params, 'input'),
    }),
  ]);
  const results = methods.map(([method, { result }]) => [
    messageName('result', method),
    message(`Answer to ${method}`, {
      id: { type: 'integer' },
      result: toJsonSchema(result, 'output'),
    }),
  ]);
  const announced = events.map(([event, data]) => [
    messageName('event', event),
    message(`Event ${event}`, { event: { const: event }, data: toJsonSchema(data, 'output') }),
  ]);
  const refused = [
    'error',
    message('Refusal of a request', {
      id: { type: ['integer', 'null'], description: 'null if the frame could not be parsed up to its ID.' },
      error: toJsonSchema(wireErrorSchema, 'output'),
    }),
  ];
  const all = Object.fromEntries([...requests, ...results, ...announced, refused]) as Record<string, Json>;
  const document = {
    asyncapi: '3.0.0',
    info: {
      title: 'Polyroom client protocol',
      version: clientSubprotocol,
      description: [
        'Generated from libs/contracts; docs/protocol.md explains it.',
        `Close codes: ${Object.entries(clientCloseCodes)
          .map(([name, code]) => `${code} ${name}`)
          .join(', ')}.`,
      ].join(' '),
    },
    defaultContentType: 'application/json',
    servers: { gateway: { host: 'gateway.example', protocol: 'wss', pathname: clientSocketPath } },
    channels: {
      socket: {
        address: clientSocketPath,
        bindings: {
          ws: {
            headers: {
              type: 'object',
              properties: { 'Sec-WebSocket-Protocol': { const: clientSubprotocol } },
            },
          },
        },
        messages: Object.fromEntries(
          Object.keys(all).map((name) => [name, { $ref: `#/components/messages/${name}` }]),
        ),
      },
    },
    operations: {
      ...Object.fromEntries(
        methods.map(([method]) => [
          operationName(method),
          {
            action: 'receive',
            channel: { $ref: '#/channels/socket' },
            summary: method,
            messages: [reference(messageName('request', method))],
            reply: {
              channel: { $ref: '#/channels/socket' },
              messages: [reference(messageName('result', method)), reference('error')],
            },
          },
        ]),
      ),
      ...Object.fromEntries(
        events.map(([event]) => [
          `tell${operationName(event)}`,
          {
            action: 'send',
            channel: { $ref: '#/channels/socket' },
            summary: event,
            messages: [reference(messageName('event', event))],
          },
        ]),
      ),
    },
    components: { messages: all },
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function message(title: string, properties: Json): Json {
  return {
    title,
    payload: { type: 'object', required: Object.keys(properties), additionalProperties: false, properties },
  };
}

function reference(name: string): Json {
  return { $ref: `#/channels/socket/messages/${name}` };
}

function messageName(kind: string, name: string): string {
  return `${kind}.${name}`;
}

/** `message.broadcast` → `MessageBroadcast`. */
function operationName(name: string): string {
  return name
    .split('.')
    .map((part) => part[0]!.toUpperCase() + part.slice(1))
    .join('');
}

function toJsonSchema(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _dialect, ...json } = z.toJSONSchema(schema, { io }) as Json;
  return json;
}
