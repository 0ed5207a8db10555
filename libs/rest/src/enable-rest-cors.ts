import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type AuthorityOptions } from './authority/authority.module.js';

/** Any origin is allowed with a bearer credential; only the console with the cookie of a session. */
export function enableRestCors(app: NestFastifyApplication, { consoleOrigins }: AuthorityOptions): void {
  const consoles = new Set(consoleOrigins);
  app.enableCors({
    delegator: ({ headers: { origin = '' } }, done) => {
      const isConsole = consoles.has(origin);
      done(null, {
        origin: isConsole ? origin : '*',
        credentials: isConsole,
        methods: ['DELETE', 'GET', 'PATCH', 'POST', 'PUT'],
        allowedHeaders: ['authorization', 'content-type', 'idempotency-key', 'if-match'],
        exposedHeaders: [
          'etag',
          'idempotency-replayed',
          'ratelimit',
          'ratelimit-policy',
          'retry-after',
          'x-request-id',
        ],
      });
    },
  });
}
