import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import openapiTS, { astToString, type OpenAPI3 } from 'openapi-typescript';
import { format, resolveConfig } from 'prettier';
import { type OpenApi, schemasUsedBy, type ServerOperation, serverOperations } from './server-operations.js';

const sdkDir = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', 'libs', 'server-sdk');

/** Where the client of the server SDK has its types. */
export const restClientFile = join(sdkDir, 'src', 'rest', 'generated', 'rest-api.ts');

/** Renders the routes of the REST API and their types, from the OpenAPI document in a file. */
export async function renderRestClient(openApiFile: string): Promise<string> {
  const document = JSON.parse(await readFile(openApiFile, 'utf8')) as OpenApi;
  const routes: string[] = [];
  const paths: Record<string, Record<string, object>> = {};
  for (const each of serverOperations(document)) {
    const { method, operation, parameters, path } = each;
    (paths[path] ??= {})[method] = withoutFailures(each);
    const takes = (header: string) => parameters.some(({ name }) => name === header);
    const [takesKey, takesEtag] = [takes('Idempotency-Key'), takes('If-Match')];
    routes.push(
      `${operation.operationId}: { method: '${method.toUpperCase()}', path: '${path}', takesKey: ${takesKey}, takesEtag: ${takesEtag} },`,
    );
  }
  const schemas = schemasUsedBy(paths, document.components);
  const reduced = { openapi: '3.1.0', info: document.info, paths, components: { schemas } };
  const nodes = await openapiTS(reduced as unknown as OpenAPI3, { defaultNonNullable: false });
  const wanted = new Set(['components', 'operations']);
  const types = nodes.filter(
    (node) => 'name' in node && wanted.has((node.name as { text?: string }).text ?? ''),
  );
  const text = `// Generated from docs/openapi.json: npm run build, node tools/generate/dist/main.js
${astToString(types)}
export const routes = {
  ${routes.join('\n')}
} as const satisfies Record<keyof operations, { method: string; path: string; takesKey: boolean; takesEtag: boolean }>;
`;
  return format(text, { ...(await resolveConfig(restClientFile)), parser: 'typescript' });
}

/** Errors have one form, and headers are arguments of their own. */
function withoutFailures({ operation, parameters, successes }: ServerOperation): object {
  const { operationId, requestBody, summary } = operation;
  return {
    operationId,
    summary,
    parameters: parameters.filter((each) => each.in !== 'header'),
    ...(requestBody === undefined ? {} : { requestBody }),
    responses: Object.fromEntries(
      Object.entries(successes).map(([status, { content, description }]) => [
        status,
        { description, content },
      ]),
    ),
  };
}
