import 'reflect-metadata';
import { basename } from 'node:path';
import fastifyStatic from '@fastify/static';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { nestLogger, type ProbeServer } from '@polyroom/nest-service';
import { type Logger } from '@polyroom/observability';
import { type ConsoleConfig } from './console.config.js';
import { ConsoleModule } from './console.module.js';

export interface RunningConsole {
  port: number;
  close(): Promise<void>;
}

/** The page loads nothing from other origins and connects to gateways only, at any address. */
const contentSecurityPolicy = [
  "default-src 'self'",
  "connect-src 'self' ws: wss:",
  "media-src 'self' blob: mediastream:",
  "img-src 'self' data:",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ');

/** Serves the page, its configuration and its health endpoint. */
export async function startConsole(
  config: ConsoleConfig,
  logger: Logger,
  server: ProbeServer,
): Promise<RunningConsole> {
  const app = await NestFactory.create<NestFastifyApplication>(
    ConsoleModule.register(config),
    new FastifyAdapter({ serverFactory: server.handOver }),
    { logger: nestLogger(logger), abortOnError: false },
  );
  await app.register(fastifyStatic, {
    root: config.POLYROOM_CONSOLE_DIR,
    setHeaders: (reply, path) => {
      void reply.header('x-content-type-options', 'nosniff');
      // The harness is for tests, which run their own code in it.
      if (basename(path) === 'index.html') {
        void reply.header('content-security-policy', contentSecurityPolicy);
      }
    },
  });
  await app.listen(config.POLYROOM_HTTP_PORT, config.POLYROOM_HTTP_HOST);
  const address = app.getHttpServer().address();
  return {
    port: address === null || typeof address === 'string' ? config.POLYROOM_HTTP_PORT : address.port,
    close: () => app.close(),
  };
}
