import { subscribe, unsubscribe } from 'node:diagnostics_channel';

interface FastifyHooks {
  addHook(name: 'onRoute', hook: (route: { method: string | string[]; url: string }) => void): void;
}

const initialization = 'fastify.initialization';
/** Fastify adds them by itself. */
const added: ReadonlySet<string> = new Set(['HEAD', 'OPTIONS']);

/**
 * Records the routes that the Fastify applications of this process register, as `METHOD /path/{parameter}`. Created
 * before the application starts.
 */
export class RegisteredRoutes {
  private readonly routes = new Set<string>();

  constructor() {
    subscribe(initialization, this.watch);
  }

  get sorted(): string[] {
    return [...this.routes].sort();
  }

  close(): void {
    unsubscribe(initialization, this.watch);
  }

  private readonly watch = (message: unknown): void => {
    (message as { fastify: FastifyHooks }).fastify.addHook('onRoute', ({ method, url }) => {
      for (const each of [method].flat().filter((name) => !added.has(name))) {
        this.routes.add(`${each} ${url.replace(/:(\w+)/g, '{$1}')}`);
      }
    });
  };
}

/** The routes of an OpenAPI document in the same form. */
export function describedRoutes(paths: Record<string, Record<string, unknown>>): string[] {
  return Object.entries(paths)
    .flatMap(([path, item]) => Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`))
    .sort();
}
