import { describe, expect, test } from '@jest/globals';
import { hasHelm, renderChart } from './helm.js';
import { findBackend, pathsOfHost } from './ingress-routes.js';
import { buildWithComponent, hasKubectl, readSources } from './kustomize.js';
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

type Rendering = [name: string, port: string, render: () => Manifest[]];
const gatewayApi = [
  '--set',
  'ingress.enabled=false,gatewayApi.enabled=true,gatewayApi.parentRefs[0].name=polyroom',
];
const component = 'deploy/k8s/components/gateway-api';
const renderings: Rendering[] = [
  ['deploy/k8s/base', 'http', () => readSources('deploy/k8s/base')],
  ...(hasKubectl ? [[component, '7080', () => buildWithComponent(component)] satisfies Rendering] : []),
  ...(hasHelm
    ? ([
        ['deploy/helm with an Ingress', 'http', () => renderChart()],
        ['deploy/helm with the Gateway API', '7080', () => renderChart(...gatewayApi)],
      ] satisfies Rendering[])
    : []),
];

test('the documentation has the routes that are not REST', () => {
  expect(gatewayRoutes).toEqual(expect.arrayContaining(['/', '/openapi.json', '/reference', '/v1/apps']));
  expect(gatewayRoutes.length).toBeGreaterThan(100);
  expect(interopRoutes).toHaveLength(4);
});

describe.each(renderings)('%s', (_name, port, render) => {
  const manifests = render();
  const paths = pathsOfHost(manifests, 'gateway');
  const misrouted = (routes: string[], service: string) =>
    routes.filter((route) => findBackend(paths, route.replaceAll(/:\w+/g, 'x')) !== `${service}:${port}`);

  test('sends every public route of gateways to them', () => {
    expect(misrouted(gatewayRoutes, 'gateway')).toEqual([]);
  });

  test('sends every route of WHIP and WHEP to interop', () => {
    expect(misrouted(interopRoutes, 'interop')).toEqual([]);
  });

  test('sends the pages of the console to it', () => {
    const pages = pathsOfHost(manifests, 'console');
    for (const page of ['/', '/config.json', '/admin.html', '/assets/x.js']) {
      expect([page, findBackend(pages, page)]).toEqual([page, `console:${port}`]);
    }
  });

  test('has either an Ingress or routes of the Gateway API', () => {
    const kinds = manifests.map(({ kind }) => kind).filter((kind) => ['Ingress', 'HTTPRoute'].includes(kind));
    expect(kinds).toEqual(port === 'http' ? ['Ingress'] : ['HTTPRoute', 'HTTPRoute']);
  });
});

describe('findBackend', () => {
  const paths = [
    { path: '/v1', isExact: false, backend: 'a:http' },
    { path: '/v1/interop', isExact: false, backend: 'b:http' },
    { path: '/v1', isExact: true, backend: 'c:http' },
  ];

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
