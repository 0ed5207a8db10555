import { Controller, Get, Module, UseGuards } from '@nestjs/common';
import { DiscoveryModule, NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Bus } from '@polyroom/bus';
import { BusModule, HealthModule } from '@polyroom/nest-service';
import { type RunningServer, startNats } from '@polyroom/testing';
import { ConsoleOrigins } from './console-origins.js';
import { RequestRates } from './request-rates.js';
import { SignInThrottle } from './sign-in-throttle.js';
import { AuthorityGuard } from './authority.guard.js';
import { Requires } from './requires.decorator.js';
import { RouteCheck } from './route-check.js';
import { Statements } from './statements.js';

@Controller('guarded')
@UseGuards(AuthorityGuard)
class GuardedController {
  @Get()
  @Requires('rooms:read')
  read(): string {
    return 'read';
  }
}

@Controller('undeclared')
@UseGuards(AuthorityGuard)
class UndeclaredController {
  @Get()
  @Requires('rooms:read')
  read(): string {
    return 'read';
  }

  @Get('more')
  readMore(): string {
    return 'more';
  }
}

@Controller('unguarded')
class UnguardedController {
  @Get()
  @Requires('rooms:read')
  read(): string {
    return 'read';
  }
}

@Module({})
class Root {}

let nats: RunningServer;
let bus: Bus;
beforeAll(async () => {
  nats = await startNats();
  bus = await Bus.connect({ url: nats.url, name: 'route-check' });
});
afterAll(async () => {
  await bus.close();
  await nats.close();
});

async function start(controllers: (new () => unknown)[]): Promise<void> {
  const module = {
    module: Root,
    imports: [DiscoveryModule, BusModule.forRoot(bus), HealthModule.register({ checks: {} })],
    controllers,
    providers: [
      RouteCheck,
      RequestRates,
      SignInThrottle,
      Statements,
      { provide: ConsoleOrigins, useValue: new ConsoleOrigins([]) },
    ],
  };
  const app = await NestFactory.create(module, new FastifyAdapter(), { logger: false, abortOnError: false });
  try {
    await app.init();
  } finally {
    await app.close();
  }
}

test('a service starts if every route declares its permission; probes need none', async () => {
  await start([GuardedController]);
});

test.each([
  [UndeclaredController, 'UndeclaredController.readMore'],
  [UnguardedController, 'UnguardedController.read'],
])('the start fails with %p, and the error names the route', async (controller, route) => {
  await expect(start([GuardedController, controller])).rejects.toThrow(new RegExp(`: ${route}$`));
});
