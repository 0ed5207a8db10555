import { describe, expect, test } from '@jest/globals';
import { hasHelm, renderChart } from './helm.js';
import { findBackend, pathsOfHost } from './ingress-routes.js';
import { readSources } from './kustomize.js';
import { type Manifest } from './manifest.js';
import { readText } from './repository.js';

/** The routes of a table's first columns, `METHOD /path`; a spec of the services compares the tables with running processes. */
function readRoutes(page: string, process?: string): string[] {
  return page
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .flatMap((line) => {
      const cells = line.split('|').map((cell) => cell.trim());
      const cell = process === undefined ? line : cells[1]!.split(', ').includes(process) ? cells[2]! : '';
      return [...cell.matchAll(/`(?:GET|POST|PUT|PATCH|DELETE) (\/[^\s`]*)`/g)].map(([, path]) => path!);
    });
}

const authorisation = readText('docs/authorisation.md');
const sessionsOfOperators = authorisation.slice(authorisation.indexOf('### Sessions of operators'));
const gatewayRoutes = [
  '/ws',
  ...readRoutes(authorisation, 'gateway'),
  ...readRoutes(readText('docs/api-keys.md')),
  ...readRoutes(sessionsOfOperators),
];
/** On the host of the gateways this is the gateway's; the interop process serves its own part on its own port. */
const interopRoutes = readRoutes(authorisation, 'interop').filter((path) => path !== '/openapi.json');

const renderings: [string, () => Manifest[]][] = [
  ['deploy/k8s/base', () => readSources('deploy/k8s/base')],
  ...(hasHelm ? [['deploy/helm', () => renderChart()] as [string, () => Manifest[]]] : []),
];

test('the documentation has the routes that are not REST', () => {
  expect(gatewayRoutes).toEqual(expect.arrayContaining(['/', '/openapi.json', '/reference', '/v1/apps']));
  expect(gatewayRoutes.length).toBeGreaterThan(100);
  expect(interopRoutes).toHaveLength(4);
});

describe.each(renderings)('the Ingress of %s', (_name, render) => {
  const ingress = render().find(({ kind }) => kind === 'Ingress')!;
  const paths = pathsOfHost(ingress, 'gateway');
  const misrouted = (routes: string[], backend: string) =>
    routes.filter((route) => findBackend(paths, route.replaceAll(/:\w+/g, 'x')) !== backend);

  test('sends every public route of gateways to them', () => {
    expect(misrouted(gatewayRoutes, 'gateway:http')).toEqual([]);
  });

  test('sends every route of WHIP and WHEP to interop', () => {
    expect(misrouted(interopRoutes, 'interop:http')).toEqual([]);
  });

  test('sends the pages of the console to it', () => {
    const pages = pathsOfHost(ingress, 'console');
    for (const page of ['/', '/config.json', '/admin.html', '/assets/x.js']) {
      expect([page, findBackend(pages, page)]).toEqual([page, 'console:http']);
    }
  });
});

describe('findBackend', () => {
  const path = (value: string, pathType: 'Exact' | 'Prefix', name: string) => ({
    path: value,
    pathType,
    backend: { service: { name, port: { name: 'http' } } },
  });
  const paths = [path('/v1', 'Prefix', 'a'), path('/v1/interop', 'Prefix', 'b'), path('/v1', 'Exact', 'c')];

  test.each([
    ['/v1/interop/apps', 'b:http'],
    ['/v1/interoperable', 'a:http'],
    ['/v1', 'c:http'],
    ['/v1/', 'a:http'],
    ['/v11', undefined],
    ['/reference', undefined],
  ])('sends %s to %s', (url, backend) => {
    expect(findBackend(paths, url)).toBe(backend);
  });
});
