import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Bus } from '@polyroom/bus';
import { type RunningServer, startNats } from '@polyroom/testing';
import { BusModule } from './bus.module.js';
import { EntitlementsModule } from './entitlements.module.js';

@Module({})
class Root {}

let nats: RunningServer;
let bus: Bus;
beforeAll(async () => {
  nats = await startNats();
  bus = await Bus.connect({ url: nats.url, name: 'entitlements' });
});
afterAll(async () => {
  await bus.close();
  await nats.close();
});

test('listens for changes of entitlements from the start of the application to its end', async () => {
  const imports = [BusModule.forRoot(bus), EntitlementsModule];
  const app = await NestFactory.createApplicationContext({ module: Root, imports }, { logger: false });
  expect(bus['listeners'].size).toBe(1);
  await app.close();
  expect(bus['listeners'].size).toBe(0);
});
