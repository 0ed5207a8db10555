import { subscribe, unsubscribe } from 'node:diagnostics_channel';

interface FastifyHooks {
  addHook(name: 'onRoute', hook: (route: { method: string | string[]; url: string }) => void): void;
}

const initialization = 'fastify.initialization';
/** Fastify adds them by itself. */
const added: ReadonlySet<string> = new Set(['HEAD', 'OPTIONS']);

/**
 * Reports each route that a Fastify application of this process registers from now on, as `METHOD /path/{parameter}`.
 * Returns the disposer.
 */
export function watchRoutes(report: (method: string, path: string) => void): () => void {
  const watch = (message: unknown): void => {
    (message as { fastify: FastifyHooks }).fastify.addHook('onRoute', ({ method, url }) => {
      for (const each of [method].flat()) {
        report(each, url.replace(/:(\w+)/g, '{$1}'));
      }
    });
  };
  subscribe(initialization, watch);
  return () => void unsubscribe(initialization, watch);
}

/**
 * Records the routes that the Fastify applications of this process register, as `METHOD /path/{parameter}`. Created
 * before the application starts.
 */
export class RegisteredRoutes {
  private readonly routes = new Set<string>();
  readonly close = watchRoutes((method, path) => {
    if (!added.has(method)) {
      this.routes.add(`${method} ${path}`);
    }
  });

  get sorted(): string[] {
    return [...this.routes].sort();
  }
}

/** The routes of an OpenAPI document in the same form. */
export function describedRoutes(paths: Record<string, Record<string, unknown>>): string[] {
  return Object.entries(paths)
    .flatMap(([path, item]) => Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`))
    .sort();
}
