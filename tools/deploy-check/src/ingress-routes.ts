import { z } from 'zod';
import { type Manifest } from './manifest.js';

/** One path of a host, and `service:port` that requests to it reach. */
export interface RoutedPath {
  path: string;
  isExact: boolean;
  backend: string;
}

interface IngressSpec {
  rules: {
    host: string;
    http: {
      paths: {
        path: string;
        pathType: 'Exact' | 'Prefix';
        backend: { service: { name: string; port: { name: string } } };
      }[];
    };
  }[];
}

/** The fields of the Gateway API's HTTPRoute that ours have, all of them of its version v1. */
const httpRouteSchema = z.strictObject({
  parentRefs: z.array(
    z.strictObject({
      name: z.string(),
      namespace: z.string().optional(),
      sectionName: z.string().optional(),
    }),
  ),
  hostnames: z.array(z.string()),
  rules: z.array(
    z.strictObject({
      matches: z.array(
        z.strictObject({
          path: z.strictObject({ type: z.enum(['Exact', 'PathPrefix']), value: z.string() }),
        }),
      ),
      backendRefs: z.tuple([z.strictObject({ name: z.string(), port: z.number() })]),
    }),
  ),
});

/** The paths of the host that starts with `label`, such as `gateway`, in an Ingress or in routes of the Gateway API. */
export function pathsOfHost(manifests: Manifest[], label: string): RoutedPath[] {
  const isNamed = (host: string): boolean => host.startsWith(`${label}.`);
  return manifests.flatMap(({ kind, spec }) => {
    switch (kind) {
      case 'Ingress':
        return (spec as IngressSpec).rules
          .filter(({ host }) => isNamed(host))
          .flatMap(({ http }) => http.paths)
          .map(({ path, pathType, backend: { service } }) => ({
            path,
            isExact: pathType === 'Exact',
            backend: `${service.name}:${service.port.name}`,
          }));
      case 'HTTPRoute': {
        const { hostnames, rules } = httpRouteSchema.parse(spec);
        return hostnames.some(isNamed)
          ? rules.flatMap(({ matches, backendRefs: [{ name, port }] }) =>
              matches.map(({ path: { type, value } }) => ({
                path: value,
                isExact: type === 'Exact',
                backend: `${name}:${port}`,
              })),
            )
          : [];
      }
      default:
        return [];
    }
  });
}

/**
 * Where a request goes, by the rules that Ingress and HTTPRoute share: an exact path first, then the longest prefix of whole
 * segments. Undefined if no path matches.
 */
export function findBackend(paths: RoutedPath[], url: string): string | undefined {
  const [found] = paths
    .filter(({ path, isExact }) => (isExact ? url === path : hasPrefix(url, path)))
    .sort((one, other) => rank(other) - rank(one));
  return found?.backend;
}

function hasPrefix(url: string, prefix: string): boolean {
  const segments = prefix.replace(/\/$/, '');
  return url === segments || url.startsWith(`${segments}/`);
}

function rank({ path, isExact }: RoutedPath): number {
  return isExact ? Infinity : path.length;
}
