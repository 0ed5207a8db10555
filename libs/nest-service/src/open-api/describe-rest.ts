import { type INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { type CallerText, type ErrorName, problemSchema, textErrors } from '@polyroom/contracts';
import { z } from 'zod';
import { errorsExtension } from './api-route.decorator.js';
import { ErrorReplies, type Reference } from './error-replies.js';
import { headersOf, replyHeaders } from './reply-headers.js';
import { type Paths, shareParameters, shareSchemas } from './share-components.js';

/** A bearer credential: its name in `@ApiBearerAuth`, its meaning, and the errors of its guard. */
export interface Bearer {
  description: string;
  errors: readonly ErrorName[];
  /** Its guard answers with rates, and POST requests may have an Idempotency-Key. */
  isRated?: boolean;
}

export interface RestDescription {
  title: string;
  description: string;
  bearers: Record<string, Bearer>;
  /** A cookie that is accepted in place of the bearer. */
  cookies?: Record<string, { name: string; description: string; insteadOf: string }>;
  /** The meaning of each group of operations, by its name. */
  tags?: Record<string, string>;
  /** What replies hold, by the names that generated clients give to the types. */
  schemas?: Record<string, z.ZodType>;
}

type Schema = Record<string, unknown> & { properties?: object; anyOf?: Schema[]; type?: unknown };

interface RequestBody {
  required?: boolean;
  content: Record<string, { schema: Schema }>;
}

/** The members of an operation that are read and completed here. */
interface Operation {
  operationId?: string;
  summary?: string;
  parameters?: { name?: string; in?: string; schema?: Schema }[];
  requestBody?: RequestBody;
  responses: Record<string, { headers?: object } | Reference>;
  security?: Record<string, unknown>[];
  tags?: string[];
  [errorsExtension]?: ErrorName[];
}

const openApiPath = '/openapi.json';
export const openApiVersion = '3.1.0';

/** Every route behind a guard asks other services. */
const busErrors: ErrorName[] = [
  'BUS_TIMEOUT',
  'BUS_UNAVAILABLE',
  'STORE_UNAVAILABLE',
  'DATABASE_UNAVAILABLE',
  'ROOM_INNER_ERROR',
];
const idempotencyErrors: ErrorName[] = [
  'REST_IDEMPOTENCY_KEY_REUSED',
  'REST_IDEMPOTENCY_KEY_PENDING',
  'REST_TOO_MANY_IDEMPOTENCY_KEYS',
];
const methodsWithBody: ReadonlySet<string> = new Set(['post', 'put', 'patch', 'delete']);

const ownRoutes: Record<string, string> = {
  [openApiPath]: 'Reads this document.',
};

/** The OpenAPI document of all routes of an application, from the Zod schemas that validate them. */
export function describeRest(app: INestApplication, about: RestDescription): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setOpenAPIVersion(openApiVersion)
    .setTitle(about.title)
    .setDescription(about.description)
    .setVersion('1')
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0');
  for (const [name, { description }] of Object.entries(about.bearers)) {
    builder.addBearerAuth({ type: 'http', description, bearerFormat: 'token' }, name);
  }
  for (const [name, cookie] of Object.entries(about.cookies ?? {})) {
    builder.addCookieAuth(cookie.name, { type: 'apiKey', description: cookie.description }, name);
  }
  for (const [name, description] of Object.entries(about.tags ?? {})) {
    builder.addTag(name, description);
  }
  const document = SwaggerModule.createDocument(app, builder.build(), {
    operationIdFactory: (controller, method) => nameOperation(controller, method),
    standardSchemaConverter: (schema, { schemaType }) =>
      schema instanceof z.ZodType ? { schema: toJsonSchema(schema, schemaType) } : undefined,
  });
  const json = { description: 'Success', content: { 'application/json': { schema: { type: 'object' } } } };
  const errorReplies = new ErrorReplies();
  document.paths[openApiPath] = { get: { responses: { 200: json } } } as never;
  for (const [path, item] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(item as Record<string, Operation>)) {
      if (ownRoutes[path] !== undefined) {
        operation.summary = ownRoutes[path];
        operation.tags = ['Operation'];
        operation.operationId = nameOperation('OperationController', path.replace(/\W+/g, ' ').trim());
      }
      describeBody(operation);
      addErrors(method, operation, about.bearers, errorReplies);
      acceptCookies(operation, about.cookies ?? {});
    }
  }
  const schemas = shareSchemas(document.paths as never, namedSchemas(about.schemas ?? {}));
  const parameters = shareParameters(document.paths as Paths);
  document.components = {
    ...document.components,
    schemas: { ...schemas, Problem: toJsonSchema(problemSchema, 'output') },
    parameters: parameters as never,
    responses: errorReplies.components as never,
    headers: { ...document.components?.headers, ...replyHeaders },
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

/** `rooms_close`: generated clients name their functions after it. */
function nameOperation(controller: string, method: string): string {
  const group = controller.replace(/Controller$/, '').replace(/^[A-Z]/, (first) => first.toLowerCase());
  return `${group}_${method.replace(/\s+(\w)/g, (_all, letter: string) => letter.toUpperCase())}`;
}

function namedSchemas(schemas: Record<string, z.ZodType>): Record<string, Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => [name, toJsonSchema(schema, 'output')]),
  );
}

/** JSON has no lone surrogates, and few tools know the properties of Unicode. */
const printable = '\\p{Cc}\\p{Cs}';
const plainPrintable = '\\u0000-\\u001f\\u007f-\\u009f';

function toJsonSchema(schema: z.ZodType, io: 'input' | 'output'): Record<string, unknown> {
  const { $schema: _version, ...rest } = z.toJSONSchema(schema, {
    target: 'draft-2020-12',
    io,
    unrepresentable: 'any',
    reused: 'inline',
    override: ({ jsonSchema }) => {
      if (jsonSchema.pattern !== undefined) {
        jsonSchema.pattern = jsonSchema.pattern.replaceAll(printable, plainPrintable);
      }
      // As Nest's converter writes it, so that named schemas are found.
      if (jsonSchema.const !== undefined) {
        jsonSchema.enum = [jsonSchema.const];
        delete jsonSchema.const;
      }
    },
  }) as Record<string, unknown>;
  return rest;
}

/** A body that may be null may also be missing; the document shows the one that is not null. */
function describeBody({ requestBody }: Operation): void {
  if (requestBody === undefined) {
    return;
  }
  requestBody.required = true;
  for (const content of Object.values(requestBody.content)) {
    const { anyOf } = content.schema;
    const others = anyOf?.filter(({ type }) => type !== 'null') ?? [];
    if (anyOf !== undefined && others.length < anyOf.length) {
      requestBody.required = false;
      content.schema = others.length === 1 ? others[0]! : { anyOf: others };
    }
  }
}

/** The console's session in place of the bearer. */
function acceptCookies(operation: Operation, cookies: NonNullable<RestDescription['cookies']>): void {
  const { security = [] } = operation;
  for (const [name, { insteadOf }] of Object.entries(cookies)) {
    if (security.some((each) => insteadOf in each)) {
      operation.security = [...security, { [name]: [] }];
    }
  }
}

/** Adds one reply per HTTP status, with the codes that it may have, and the headers of all replies. */
function addErrors(
  method: string,
  operation: Operation,
  bearers: Record<string, Bearer>,
  errorReplies: ErrorReplies,
): void {
  const guards = (operation.security ?? []).flatMap((security) => Object.keys(security));
  const isRated = guards.some((guard) => bearers[guard]?.isRated === true);
  const takesArguments = argumentsOf(operation).length > 0 || methodsWithBody.has(method);
  const names = new Set<ErrorName>([
    ...guards.flatMap((guard) => [...(bearers[guard]?.errors ?? []), ...busErrors]),
    ...(takesArguments ? (['COMMON_ILLEGAL_PARAM'] as const) : []),
    ...argumentsOf(operation).flatMap(errorsOfArgument),
    ...(operation.parameters?.some((parameter) => parameter.in === 'path') === true
      ? (['REST_ROUTE_NOT_FOUND'] as const)
      : []),
    ...(operation[errorsExtension] ?? []),
    ...(isRated && method === 'post' ? idempotencyErrors : []),
  ]);
  delete operation[errorsExtension];
  for (const reply of Object.values(operation.responses) as { headers?: object }[]) {
    reply.headers = {
      ...reply.headers,
      ...headersOf('X-Request-Id', ...(isRated ? (['RateLimit', 'RateLimit-Policy'] as const) : [])),
    };
  }
  Object.assign(operation.responses, errorReplies.referToAll(names));
  if (methodsWithBody.has(method)) {
    // Refused by Fastify: the size and the type of the body, also of a route that reads none.
    operation.responses[413] = errorReplies.referTo(413, ['COMMON_ILLEGAL_PARAM']);
    operation.responses[415] = errorReplies.referTo(415, ['COMMON_ILLEGAL_PARAM']);
  }
  if (isRated && method === 'post') {
    operation.parameters = [...(operation.parameters ?? []), idempotencyKeyParameter as never];
  }
}

const idempotencyKeyParameter = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description:
    'A unique text of the caller: for 24 h, a repeated request with this key and the same body gets the same answer, and does nothing.',
  schema: { type: 'string', pattern: '^[\\x21-\\x7e]{1,128}$' },
};

/** Names of the parameters and of the fields of a JSON body, at any depth; those of lists in the singular. */
function argumentsOf({ parameters = [], requestBody }: Operation): string[] {
  const body = requestBody?.content['application/json']?.schema;
  const names = [...parameters.map(({ name }) => name ?? ''), ...namesIn(body)];
  return [...new Set(names.flatMap((name) => [name, name.replace(/s$/, '')]))];
}

function namesIn(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) {
    return [];
  }
  const { properties = {} } = schema as Schema;
  return [...Object.keys(properties), ...Object.values(schema).flatMap(namesIn)];
}

function errorsOfArgument(name: string): ErrorName[] {
  if (name === 'appId') {
    return ['ENGINE_APPID_ZERO'];
  }
  return name in textErrors ? textErrors[name as CallerText] : [];
}
