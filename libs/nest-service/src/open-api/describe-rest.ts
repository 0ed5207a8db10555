import { type INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import {
  type CallerText,
  type ErrorName,
  errorRegistry,
  httpStatusOf,
  textErrors,
  wireErrorSchema,
} from '@polyroom/contracts';
import { z } from 'zod';
import { errorsExtension } from './api-route.decorator.js';

/** A bearer credential: its name in `@ApiBearerAuth`, its meaning, and the errors of its guard. */
export interface Bearer {
  description: string;
  errors: readonly ErrorName[];
}

export interface RestDescription {
  title: string;
  description: string;
  bearers: Record<string, Bearer>;
}

interface RequestBody {
  required?: boolean;
  content: Record<string, { schema: { properties?: object; nullable?: boolean } }>;
}

/** The members of an operation that are read and completed here. */
interface Operation {
  summary?: string;
  parameters?: { name?: string; in?: string }[];
  requestBody?: RequestBody;
  responses: Record<string, unknown>;
  security?: Record<string, unknown>[];
  tags?: string[];
  [errorsExtension]?: ErrorName[];
}

const openApiPath = '/openapi.json';

/** Every route behind a guard asks other services. */
const busErrors: ErrorName[] = [
  'BUS_TIMEOUT',
  'BUS_UNAVAILABLE',
  'STORE_UNAVAILABLE',
  'DATABASE_UNAVAILABLE',
  'ROOM_INNER_ERROR',
];

const ownRoutes: Record<string, string> = {
  [openApiPath]: 'This document.',
};

/** The OpenAPI document of all routes of an application, from the Zod schemas that validate them. */
export function describeRest(app: INestApplication, about: RestDescription): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setTitle(about.title)
    .setDescription(about.description)
    .setVersion('1');
  for (const [name, { description }] of Object.entries(about.bearers)) {
    builder.addBearerAuth({ type: 'http', description, bearerFormat: 'token' }, name);
  }
  const document = SwaggerModule.createDocument(app, builder.build());
  document.paths[openApiPath] = { get: { responses: { 200: { description: 'Success' } } } };
  for (const [path, item] of Object.entries(document.paths)) {
    for (const operation of Object.values(item) as Operation[]) {
      if (ownRoutes[path] !== undefined) {
        operation.summary = ownRoutes[path];
        operation.tags = ['Operation'];
        delete (operation as { operationId?: string }).operationId;
      }
      if (operation.requestBody !== undefined) {
        operation.requestBody.required = !acceptsNull(operation.requestBody);
      }
      addErrors(operation, about.bearers);
    }
  }
  document.components = {
    ...document.components,
    schemas: {
      ...document.components?.schemas,
      Error: z.toJSONSchema(z.object({ error: wireErrorSchema }), { target: 'openapi-3.0' }) as object,
    },
  };
  return document;
}

/** Serves the document, which is made at the first request. */
export function serveOpenApi(app: INestApplication, about: RestDescription): void {
  let document: OpenAPIObject | undefined;
  const adapter = app.getHttpAdapter();
  adapter.get(openApiPath, (_request: unknown, reply: unknown) => {
    document ??= describeRest(app, about);
    adapter.reply(reply, document, 200);
  });
}

/** Adds one reply per HTTP status, with the codes that it may have. */
function addErrors(operation: Operation, bearers: Record<string, Bearer>): void {
  const guards = (operation.security ?? []).flatMap((security) => Object.keys(security));
  const names = new Set<ErrorName>([
    ...guards.flatMap((guard) => [...(bearers[guard]?.errors ?? []), ...busErrors]),
    ...(argumentsOf(operation).length > 0 ? (['COMMON_ILLEGAL_PARAM'] as const) : []),
    ...argumentsOf(operation).flatMap(errorsOfArgument),
    ...(operation[errorsExtension] ?? []),
  ]);
  delete operation[errorsExtension];
  for (const status of new Set([...names].map(statusOf))) {
    operation.responses[status] = errorReply([...names].filter((name) => statusOf(name) === status));
  }
  if (operation.requestBody !== undefined) {
    // Refused by Fastify: the size and the type of the body.
    operation.responses[413] = operation.responses[415] = errorReply(['COMMON_ILLEGAL_PARAM']);
  }
}

function statusOf(name: ErrorName): number {
  return httpStatusOf(errorRegistry[name].category);
}

function errorReply(names: ErrorName[]): object {
  const errors = names
    .map((name) => ({ name, ...errorRegistry[name] }))
    .sort((left, right) => left.code - right.code);
  const codes = { properties: { code: { enum: errors.map(({ code }) => code) } } };
  const schema = {
    allOf: [
      { $ref: '#/components/schemas/Error' },
      { type: 'object', properties: { error: { type: 'object', ...codes } } },
    ],
  };
  return {
    description: errors.map(({ code, name, summary }) => `${code} \`${name}\`: ${summary}`).join('\n\n'),
    content: { 'application/json': { schema } },
  };
}

/** A body that may be null may also be missing. */
function acceptsNull({ content }: RequestBody): boolean {
  return Object.values(content).some(({ schema }) => schema.nullable === true);
}

/** Names of the parameters and of the fields of a JSON body. */
function argumentsOf({ parameters = [], requestBody }: Operation): string[] {
  const body = requestBody?.content['application/json']?.schema.properties ?? {};
  return [...parameters.map(({ name }) => name ?? ''), ...Object.keys(body)];
}

function errorsOfArgument(name: string): ErrorName[] {
  if (name === 'appId') {
    return ['ENGINE_APPID_ZERO'];
  }
  return name in textErrors ? textErrors[name as CallerText] : [];
}
