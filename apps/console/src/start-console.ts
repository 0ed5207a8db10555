import 'reflect-metadata';
import { basename, join, sep } from 'node:path';
import helmet from '@fastify/helmet';
import fastifyStatic from '@fastify/static';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Health, type MonitorServer, nestLogger, type ProbeServer } from '@polyroom/nest-service';
import { type Logger } from '@polyroom/observability';
import { type ConsoleConfig } from './console.config.js';
import { ConsoleModule } from './console.module.js';

export interface RunningConsole {
  port: number;
  close(): Promise<void>;
}

/** A page loads nothing from other origins and connects to gateways only, at any address. */
const contentSecurityPolicy = {
  useDefaults: false,
  directives: {
    'default-src': ["'self'"],
    'connect-src': ["'self'", 'ws:', 'wss:'],
    'media-src': ["'self'", 'blob:', 'mediastream:'],
    'img-src': ["'self'", 'data:'],
    'object-src': ["'none'"],
    'form-action': ["'self'"],
    'frame-ancestors': ["'none'"],
    'base-uri': ["'none'"],
  },
};

/** Pages that ask the gateways over REST. */
const restPages = new Set(['admin.html', 'audit.html']);
const restConnectSrc = "connect-src 'self' http: https:";

/** Serves the page, its configuration and its health endpoint. */
export async function startConsole(
  config: ConsoleConfig,
  logger: Logger,
  { server, monitor }: { server?: ProbeServer; monitor?: MonitorServer | undefined } = {},
): Promise<RunningConsole> {
  const app = await NestFactory.create<NestFastifyApplication>(
    ConsoleModule.register(config),
    new FastifyAdapter(server === undefined ? {} : { serverFactory: server.handOver }),
    { logger: nestLogger(logger), abortOnError: false },
  );
  await app.register(helmet, {
    contentSecurityPolicy,
    // Only the proxy with the certificate knows whether browsers must use TLS.
    strictTransportSecurity: false,
    // Browsers ignore these on plain HTTP, and report it.
    crossOriginOpenerPolicy: false,
    originAgentCluster: false,
  });
  const testPagesDir = config.POLYROOM_TEST_PAGES_DIR;
  await app.register(fastifyStatic, {
    root:
      testPagesDir === undefined ? config.POLYROOM_CONSOLE_DIR : [config.POLYROOM_CONSOLE_DIR, testPagesDir],
    setHeaders: (reply, path) => {
      // Tests run their own code in these pages.
      if (testPagesDir !== undefined && path.startsWith(join(testPagesDir, sep))) {
        reply.raw.removeHeader('content-security-policy');
      } else if (restPages.has(basename(path))) {
        const policy = String(reply.raw.getHeader('content-security-policy'));
        reply.raw.setHeader('content-security-policy', policy.replace(/connect-src [^;]*/, restConnectSrc));
      }
    },
  });
  await app.listen(config.POLYROOM_HTTP_PORT, config.POLYROOM_HTTP_HOST);
  monitor?.serve(app.get(Health, { strict: false }));
  const address = app.getHttpServer().address();
  return {
    port: address === null || typeof address === 'string' ? config.POLYROOM_HTTP_PORT : address.port,
    close: () => app.close(),
  };
}
