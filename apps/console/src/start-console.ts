import 'reflect-metadata';
import { join, sep } from 'node:path';
import helmet from '@fastify/helmet';
import fastifyStatic from '@fastify/static';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Health, type Monitor, nestLogger, type ProbeServer } from '@polyroom/nest-service';
import { type Logger } from '@polyroom/observability';
import { type ConsoleConfig } from './console.config.js';
import { ConsoleModule } from './console.module.js';
import { contentSecurityPolicy } from './content-security-policy.js';

export interface RunningConsole {
  port: number;
  close(): Promise<void>;
}

/** Built files whose names change with their content. */
const assetsPart = join(sep, 'assets', sep);

/** On the reply: its own header of the same name would replace one of the raw response. */
function cacheAssets(reply: { header(name: string, value: string): unknown }, path: string): void {
  if (path.includes(assetsPart)) {
    reply.header('cache-control', 'public, max-age=31536000, immutable');
  }
}

/** Serves the page, its documentation, its configuration and its health endpoint. */
export async function startConsole(
  config: ConsoleConfig,
  logger: Logger,
  { server, monitor }: { server?: ProbeServer | false; monitor?: Monitor | undefined } = {},
): Promise<RunningConsole> {
  const app = await NestFactory.create<NestFastifyApplication>(
    ConsoleModule.register(config),
    new FastifyAdapter(server ? { serverFactory: server.handOver } : {}),
    { logger: nestLogger(logger), abortOnError: false },
  );
  await app.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: contentSecurityPolicy },
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
    // The build writes them, as gzip.
    preCompressed: true,
    setHeaders: (reply, path) => {
      // Tests run their own code in these pages.
      if (testPagesDir !== undefined && path.startsWith(join(testPagesDir, sep))) {
        reply.raw.removeHeader('content-security-policy');
      } else {
        cacheAssets(reply, path);
      }
    },
  });
  if (config.POLYROOM_DOCS_DIR !== undefined) {
    await app.register(fastifyStatic, {
      root: config.POLYROOM_DOCS_DIR,
      // Without a slash at its end, so that this address leads there too.
      prefix: '/docs',
      redirect: true,
      decorateReply: false,
      preCompressed: true,
      setHeaders: cacheAssets,
    });
  }
  await app.listen(config.POLYROOM_HTTP_PORT, config.POLYROOM_HTTP_HOST);
  monitor?.serve(app.get(Health, { strict: false }));
  const address = app.getHttpServer().address();
  return {
    port: address === null || typeof address === 'string' ? config.POLYROOM_HTTP_PORT : address.port,
    close: () => app.close(),
  };
}
