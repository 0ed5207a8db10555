import {
  type Content,
  type Json,
  linesType,
  type OpenApi,
  type Parameter,
  schemasUsedBy,
  serverOperations,
} from '../server-operations.js';

/**
 * The part of the OpenAPI document that the clients in Python and Go are generated from: the operations of the client
 * for Node.js, with one type of errors. The servers check values, so the clients have no bounds or patterns.
 */
export function renderClientDocument(document: OpenApi): string {
  const paths: Record<string, Record<string, object>> = {};
  for (const { method, operation, path, successes } of serverOperations(document)) {
    const { operationId, parameters = [], requestBody, summary, tags } = operation;
    (paths[path] ??= {})[method] = {
      operationId,
      summary,
      tags,
      security: [{ apiKey: [] }],
      parameters: parameters.map((each) => ('$ref' in each ? each : simplifyParameter(each))),
      ...(requestBody === undefined
        ? {}
        : { requestBody: { ...requestBody, content: simplifyContent(requestBody.content) } }),
      responses: {
        ...Object.fromEntries(
          Object.entries(successes).map(([status, { content = {}, description }]) => [
            status,
            { description, content: simplifyContent(content) },
          ]),
        ),
        default: { $ref: '#/components/responses/Problem' },
      },
    };
  }
  const { components } = document;
  const problem = { $ref: '#/components/schemas/Problem' };
  const parameters = parametersUsedBy(paths, components.parameters);
  const used = schemasUsedBy([paths, parameters, problem], components);
  const reduced = {
    openapi: document.openapi,
    info: { ...document.info, description: 'For application servers.' },
    paths,
    components: {
      schemas: mapValues(used, simplifySchema),
      parameters: mapValues(parameters, simplifyParameter),
      responses: {
        Problem: { description: 'An error.', content: { 'application/problem+json': { schema: problem } } },
      },
      securitySchemes: { apiKey: { type: 'http', scheme: 'bearer' } },
    },
  };
  return `${JSON.stringify(reduced, null, 2)}\n`;
}

function parametersUsedBy(paths: object, parameters: Record<string, Parameter>): Record<string, Parameter> {
  const text = JSON.stringify(paths);
  return Object.fromEntries(
    Object.entries(parameters).filter(([name]) => text.includes(`"#/components/parameters/${name}"`)),
  );
}

function simplifyParameter({ schema = {}, ...parameter }: Parameter): Parameter {
  return { ...parameter, schema: simplifySchema(schema) };
}

/** An export has one document per line, which generated clients do not parse. */
function simplifyContent(content: Record<string, Content>): Record<string, Content> {
  return Object.fromEntries(
    Object.entries(content).map(([type, { schema = {} }]) =>
      type === linesType
        ? ['text/plain', { schema: { type: 'string' } }]
        : [type, { schema: simplifySchema(schema) }],
    ),
  );
}

const uint32Max = 0xffffffff;
const int32Max = 0x7fffffff;

/** What decides the types of a client: a format of a text, a bound or a pattern does not. */
function simplifySchema(schema: Json): Json {
  const { additionalProperties, anyOf, items, properties, required, type } = schema;
  if (schema['$ref'] !== undefined) {
    return { $ref: schema['$ref'] };
  }
  if (Array.isArray(anyOf)) {
    const options = (anyOf as Json[]).map(simplifySchema);
    return options.every((option) => option['type'] === 'string')
      ? { type: 'string' }
      : { anyOf: options, ...pick(schema, 'default') };
  }
  return {
    ...pick(schema, 'type', 'enum', 'default'),
    ...(type === 'integer' ? { format: formatOf(schema) } : {}),
    ...(required === undefined ? {} : { required }),
    ...(properties === undefined
      ? {}
      : { properties: mapValues(properties as Record<string, Json>, simplifySchema) }),
    ...(items === undefined ? {} : { items: simplifySchema(items as Json) }),
    ...(additionalProperties === undefined
      ? {}
      : {
          additionalProperties:
            typeof additionalProperties === 'object'
              ? simplifySchema(additionalProperties as Json)
              : additionalProperties,
        }),
  };
}

/** Unix times in ms have more than 32 bits. */
function formatOf({ maximum, minimum }: Json): string {
  if (typeof minimum === 'number' && minimum >= 0 && maximum === uint32Max) {
    return 'uint32';
  }
  return typeof maximum === 'number' && maximum <= int32Max ? 'int32' : 'int64';
}

function pick(schema: Json, ...keys: string[]): Json {
  return Object.fromEntries(keys.filter((key) => key in schema).map((key) => [key, schema[key]]));
}

function mapValues<Value, Result>(
  record: Record<string, Value>,
  map: (value: Value) => Result,
): Record<string, Result> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
