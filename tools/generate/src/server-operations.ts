/** A JSON object. */
export type Json = Record<string, unknown>;

export interface Parameter {
  name: string;
  in: string;
  schema?: Json;
}

export interface Content {
  schema?: Json;
}

export interface Operation {
  operationId: string;
  summary?: string;
  tags?: string[];
  parameters?: (Parameter | { $ref: string })[];
  requestBody?: { required?: boolean; content: Record<string, Content> };
  responses: Record<string, { description: string; content?: Record<string, Content> }>;
  security?: Json[];
}

/** The members of docs/openapi.json that clients are made from. */
export interface OpenApi {
  openapi: string;
  info: Json;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Json>; parameters: Record<string, Parameter> };
}

export interface ServerOperation {
  path: string;
  method: string;
  operation: Operation;
  /** Of the operation, without references. */
  parameters: Parameter[];
  /** The answers that are no errors. */
  successes: Operation['responses'];
}

const scheme = 'operator';
export const linesType = 'application/x-ndjson';
const jsonTypes = new Set(['application/json', linesType]);

/** The operations of an API key that answer JSON: a client has the whole body in memory, which is not for files. */
export function serverOperations({ components, paths }: OpenApi): ServerOperation[] {
  return Object.entries(paths)
    .flatMap(([path, item]) =>
      Object.entries(item).map(([method, operation]) => ({
        path,
        method,
        operation,
        parameters: (operation.parameters ?? []).map((parameter) =>
          '$ref' in parameter ? components.parameters[nameOf(parameter.$ref)]! : parameter,
        ),
        successes: Object.fromEntries(
          Object.entries(operation.responses).filter(([status]) => status.startsWith('2')),
        ),
      })),
    )
    .filter(
      ({ operation, successes }) =>
        operation.security?.some((each) => scheme in each) === true &&
        Object.values(successes).every(({ content = {} }) =>
          Object.keys(content).some((type) => jsonTypes.has(type)),
        ),
    );
}

/** The named schemas that a value refers to, and those that they refer to. */
export function schemasUsedBy(value: unknown, { schemas }: OpenApi['components']): Record<string, Json> {
  const used = new Set<string>();
  const waiting = [value];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const [, name] of JSON.stringify(next).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
      if (!used.has(name!)) {
        used.add(name!);
        waiting.push(schemas[name!]!);
      }
    }
  }
  return Object.fromEntries([...used].sort().map((name) => [name, schemas[name]!]));
}

function nameOf(reference: string): string {
  return reference.slice(reference.lastIndexOf('/') + 1);
}
