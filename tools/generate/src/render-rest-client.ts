import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import openapiTS, { astToString, type OpenAPI3 } from 'openapi-typescript';
import { format, resolveConfig } from 'prettier';

interface Parameter {
  name: string;
  in: string;
}
interface Operation {
  operationId: string;
  summary?: string;
  parameters?: Parameter[];
  requestBody?: object;
  responses: Record<string, { description: string; content?: object }>;
  security?: Record<string, unknown>[];
}
interface Document {
  info: object;
  paths: Record<string, Record<string, Operation>>;
}

const scheme = 'operator';
const jsonTypes = new Set(['application/json', 'application/x-ndjson']);
const sdkDir = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', 'libs', 'server-sdk');

/** Where the client of the server SDK has its types. */
export const restClientFile = join(sdkDir, 'src', 'rest', 'generated', 'rest-api.ts');

/** Renders the routes of the REST API and their types, from the OpenAPI document in a file. */
export async function renderRestClient(openApiFile: string): Promise<string> {
  const document = JSON.parse(await readFile(openApiFile, 'utf8')) as Document;
  const routes: string[] = [];
  const paths: Record<string, Record<string, object>> = {};
  for (const [path, item] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(item)) {
      if (operation.security?.some((each) => scheme in each) !== true || !answersJson(operation)) {
        continue;
      }
      (paths[path] ??= {})[method] = withoutFailures(operation);
      const takes = (header: string) => operation.parameters?.some(({ name }) => name === header) === true;
      const [takesKey, takesEtag] = [takes('Idempotency-Key'), takes('If-Match')];
      routes.push(
        `${operation.operationId}: { method: '${method.toUpperCase()}', path: '${path}', takesKey: ${takesKey}, takesEtag: ${takesEtag} },`,
      );
    }
  }
  const reduced = { openapi: '3.1.0', info: document.info, paths };
  const nodes = await openapiTS(reduced as unknown as OpenAPI3, { defaultNonNullable: false });
  const types = nodes.filter(
    (node) => 'name' in node && (node.name as { text?: string }).text === 'operations',
  );
  const text = `// Generated from docs/openapi.json: npm run build, node tools/generate/dist/main.js
${astToString(types)}
export const routes = {
  ${routes.join('\n')}
} as const satisfies Record<keyof operations, { method: string; path: string; takesKey: boolean; takesEtag: boolean }>;
`;
  return format(text, { ...(await resolveConfig(restClientFile)), parser: 'typescript' });
}

/** A file is not for a typed method, which has the whole body in memory. */
function answersJson({ responses }: Operation): boolean {
  return Object.entries(responses)
    .filter(([status]) => status.startsWith('2'))
    .every(([, { content = {} }]) => Object.keys(content).some((type) => jsonTypes.has(type)));
}

/** Errors have one form, and headers are arguments of their own. */
function withoutFailures({
  operationId,
  summary,
  parameters = [],
  requestBody,
  responses,
}: Operation): object {
  return {
    operationId,
    summary,
    parameters: parameters.filter((each) => each.in !== 'header'),
    ...(requestBody === undefined ? {} : { requestBody }),
    responses: Object.fromEntries(
      Object.entries(responses)
        .filter(([status]) => status.startsWith('2'))
        .map(([status, { content, description }]) => [status, { description, content }]),
    ),
  };
}
