import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { paths } from '../paths.js';
import { cell, type Schema, tableOf, typeOf } from './schema-table.js';

interface Parameter {
  $ref?: string;
  name: string;
  in: 'path' | 'query' | 'header';
  required?: boolean;
  description?: string;
  schema?: Schema;
}

interface Response {
  $ref?: string;
  description: string;
  content?: Record<string, { schema?: Schema }>;
}

interface Operation {
  operationId: string;
  summary: string;
  tags: [string];
  security?: Record<string, string[]>[];
  parameters?: Parameter[];
  requestBody?: { content: Record<string, { schema: Schema }> };
  responses: Record<string, Response>;
  'x-permission'?: string;
}

interface OpenApiDocument {
  tags: { name: string; description: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: {
    schemas: Record<string, Schema>;
    parameters: Record<string, Parameter>;
    responses: Record<string, Response>;
  };
}

/** Writes a page of the site for each tag of the OpenAPI document, with its operations, and one of the schemas. */
export async function writeRest(): Promise<void> {
  const document = JSON.parse(await readFile(join(paths.docsDir, 'openapi.json'), 'utf8')) as OpenApiDocument;
  const dir = join(paths.stageDir, 'rest');
  await mkdir(dir);
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      route: `${method.toUpperCase()} ${path}`,
      operation,
    })),
  );
  const rows: string[] = [];
  const names = [...new Set(operations.map(({ operation }) => operation.tags[0]))].sort();
  for (const name of names) {
    const description = document.tags.find((tag) => tag.name === name)?.description;
    if (description === undefined) {
      throw new Error(`the tag ${name} of the OpenAPI document has no description`);
    }
    const own = operations.filter(({ operation }) => operation.tags[0] === name);
    const sections = own.map(({ operation, route }) => describeOperation(route, operation, document));
    const page = `${name.toLowerCase()}.md`;
    await writeFile(join(dir, page), `# REST: ${name}\n\n${description}\n\n${sections.join('\n\n')}\n`);
    rows.push(
      ...own.map(
        ({ operation, route }) =>
          `| \`${route}\` | [${titleOf(operation)}](${page}#${anchorOf(operation)}) |`,
      ),
    );
  }
  const schemas = Object.entries(document.components.schemas).map(
    ([name, schema]) => `## ${name}\n\n${tableOf(schema, 'always')}`,
  );
  await writeFile(
    join(dir, 'schemas.md'),
    `# REST: resources\n\nWhat requests and answers have in common.\n\n${schemas.join('\n\n')}\n`,
  );
  await writeFile(join(dir, 'index.md'), indexOf(rows));
}

function indexOf(rows: string[]): string {
  return `# REST reference

Every operation of the REST API, from the [OpenAPI document](/openapi.json){target="_self"} that the gateways generate from the schemas with
which they check requests. [Protocol](../protocol.md#rest) explains what all operations have in common: credentials, errors,
pages, repetition and limits of rates. [API keys](../api-keys.md) has the permissions.

Each gateway serves a page at \`/reference\` to try the operations; with \`npm start\` it is <http://127.0.0.1:7080/reference>.

| request | operation |
| --- | --- |
${rows.join('\n')}
`;
}

/** VitePress writes the anchors of links in lower case. */
function anchorOf({ operationId }: Operation): string {
  return operationId.toLowerCase();
}

function titleOf({ summary }: Operation): string {
  return summary.replace(/\.$/, '');
}

function describeOperation(route: string, operation: Operation, { components }: OpenApiDocument): string {
  const { operationId, parameters = [], requestBody, responses } = operation;
  const found = parameters.map(({ $ref, ...own }) =>
    $ref === undefined ? own : components.parameters[$ref.replace('#/components/parameters/', '')]!,
  );
  const answers = Object.entries(responses).map(([status, { $ref, ...own }]) => ({
    status,
    answer: $ref === undefined ? own : components.responses[$ref.replace('#/components/responses/', '')]!,
  }));
  const isRefusal = ({ answer }: { answer: Response }): boolean =>
    Object.keys(answer.content ?? {})[0] === 'application/problem+json';
  const refusals = answers.filter(isRefusal);
  return [
    `## ${titleOf(operation)} {#${anchorOf(operation)}}`,
    `\`${route}\``,
    `Operation \`${operationId}\`, ${callersOf(operation)}.`,
    ...(found.length === 0 ? [] : [`**Parameters**`, parametersOf(found)]),
    ...(requestBody === undefined ? [] : contentOf('Body', requestBody.content)),
    ...answers
      .filter((each) => !isRefusal(each))
      .flatMap(({ answer, status }) => contentOf(`Answer ${status}`, answer.content ?? {})),
    ...(refusals.length === 0
      ? []
      : ['**Refusals**, whose codes [errors](../errors.md) explains', refusals.map(refusalOf).join('\n')]),
  ].join('\n\n');
}

function callersOf({ security, 'x-permission': permission }: Operation): string {
  const schemes = (security ?? []).flatMap((each) => Object.keys(each));
  if (schemes.includes('client')) {
    return 'for clients with a token';
  }
  if (schemes.length === 0) {
    return 'without a bearer token';
  }
  return permission === undefined ? 'for operators' : `for callers with the permission \`${permission}\``;
}

function parametersOf(parameters: Parameter[]): string {
  const rows = parameters.map(({ description, in: place, name, required, schema = {} }) => {
    const value = description === undefined ? typeOf(schema) : `${typeOf(schema)}. ${description}`;
    return `| \`${name}\` | ${place} | ${required === true ? 'yes' : 'no'} | ${cell(value)} |`;
  });
  return ['| parameter | in | required | value |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

function contentOf(title: string, content: Record<string, { schema?: Schema }>): string[] {
  return Object.entries(content).flatMap(([type, { schema = {} }]) => [
    `**${title}**, \`${type}\``,
    tableOf(schema, title === 'Body' ? 'required' : 'always'),
  ]);
}

function refusalOf({ answer, status }: { answer: Response; status: string }): string {
  const codes = [...answer.description.matchAll(/^(\d+ `\w+`)/gm)].map((match) => match[1]!);
  return `- ${status}: ${codes.length === 0 ? answer.description : codes.join(', ')}`;
}
