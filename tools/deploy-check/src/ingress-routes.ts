import { type Manifest } from './manifest.js';

interface IngressPath {
  path: string;
  pathType: 'Exact' | 'Prefix';
  backend: { service: { name: string; port: { name: string } } };
}
interface IngressSpec {
  rules: { host: string; http: { paths: IngressPath[] } }[];
}

/** The paths of the host that starts with `label`, such as `gateway`. Throws if there is none. */
export function pathsOfHost(ingress: Manifest, label: string): IngressPath[] {
  const { rules } = ingress.spec as IngressSpec;
  const rule = rules.find(({ host }) => host.startsWith(`${label}.`));
  if (rule === undefined) {
    throw new Error(`the Ingress has no host ${label}`);
  }
  return rule.http.paths;
}

/**
 * `service:port` that an Ingress sends a request to, by the rules of Kubernetes: an exact path first, then the longest
 * prefix of whole segments. Undefined if no path matches.
 */
export function findBackend(paths: IngressPath[], url: string): string | undefined {
  const [found] = paths
    .filter(({ path, pathType }) => (pathType === 'Exact' ? url === path : hasPrefix(url, path)))
    .sort((one, other) => rank(other) - rank(one));
  const service = found?.backend.service;
  return service === undefined ? undefined : `${service.name}:${service.port.name}`;
}

function hasPrefix(url: string, prefix: string): boolean {
  const segments = prefix.replace(/\/$/, '');
  return url === segments || url.startsWith(`${segments}/`);
}

function rank({ path, pathType }: IngressPath): number {
  return pathType === 'Exact' ? Infinity : path.length;
}
