import { expect, test } from '@jest/globals';
import { listFiles, readText } from './repository.js';

/** `METHOD path` of every route that a controller declares. */
function readRoutes(source: string): string[] {
  const base = /@Controller\('([^']+)'\)/.exec(source)?.[1] ?? '';
  return [...source.matchAll(/@(Get|Post|Put|Patch|Delete)\((?:'([^']*)')?\)/g)].map(
    ([, method, path]) => `${method!.toUpperCase()} /${[base, path].filter(Boolean).join('/')}`,
  );
}

/** `METHOD path` of every route in the first column of the table. */
function readDocumentedRoutes(page: string): string[] {
  return [...page.matchAll(/^\| (`(?:GET|POST|PUT|PATCH|DELETE)[^|]*) \|/gm)].flatMap(([, cell]) => {
    // The other one is that of the server API in the form of ZEGO.
    const path = /\/v1[^\s`?]*/.exec(cell!)?.[0] ?? '/';
    return [...cell!.matchAll(/\b(GET|POST|PUT|PATCH|DELETE)\b/g)].map(([method]) => `${method} ${path}`);
  });
}

test('docs/protocol.md lists every route of the REST API and no other', () => {
  const routes = listFiles('libs/rest/src', ['.controller.ts']).flatMap((file) => readRoutes(readText(file)));
  expect(routes.length).toBeGreaterThan(20);
  const documented = readDocumentedRoutes(readText('docs/protocol.md')).filter(
    (route) => !route.includes(' /v1/interop/'),
  );
  expect(documented.sort()).toEqual(routes.sort());
});
