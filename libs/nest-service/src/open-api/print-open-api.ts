import 'reflect-metadata';
import { type DynamicModule, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Bus } from '@polyroom/bus';
import { createLogger } from '@polyroom/observability';
import { BusModule } from '../bus/bus.module.js';
import { LoggerModule } from '../logging/logger.module.js';
import { describeRest, type RestDescription } from './describe-rest.js';

@Module({})
class PreviewRoot {}

/**
 * Writes the OpenAPI document of a service to stdout. Nest's preview mode resolves the modules and creates no
 * provider, so the bus is never connected.
 */
export async function printOpenApi(module: DynamicModule, about: RestDescription): Promise<void> {
  const bus = Object.create(Bus.prototype) as Bus;
  const root: DynamicModule = {
    module: PreviewRoot,
    imports: [BusModule.forRoot(bus), LoggerModule.forRoot(createLogger('openapi', 'silent')), module],
  };
  const app = await NestFactory.create(root, new FastifyAdapter(), {
    preview: true,
    logger: false,
    abortOnError: false,
  });
  process.stdout.write(JSON.stringify(describeRest(app, about)));
}
