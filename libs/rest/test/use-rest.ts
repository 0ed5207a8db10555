import { afterAll, afterEach, beforeAll, beforeEach } from '@jest/globals';
import { Bus } from '@polyroom/bus';
import { runService, type RunningService } from '@polyroom/nest-service';
import { serveOpenApi } from '@polyroom/nest-service/open-api';
import { createLogger } from '@polyroom/observability';
import { type RunningServer, startNats } from '@polyroom/testing';
import { enableRestCors, restDescription, RestModule } from '../src/index.js';
import { FakeServices } from './fake-services.js';

export const consoleOrigin = 'https://console.example.com';

/** Fixtures of a spec: each test gets the REST API as a process serves it, and new fakes of the services behind it. */
export interface UsedRest {
  readonly services: FakeServices;
  readonly port: number;
}

/** Call at the top of a spec; it adds hooks. The proxy of every request is trusted. */
export function useRest(): UsedRest {
  const logger = createLogger('rest', 'silent');
  let nats: RunningServer;
  let services: FakeServices;
  let rest: RunningService;

  beforeAll(async () => {
    nats = await startNats();
  });
  afterAll(async () => {
    await nats.close();
  });
  beforeEach(async () => {
    services = await FakeServices.start(nats.url);
    const options = { consoleOrigins: [consoleOrigin] };
    rest = await runService({
      name: 'rest',
      module: RestModule.register(options),
      bus: await Bus.connect({ url: nats.url, name: 'rest', logger }),
      logger,
      httpHost: '127.0.0.1',
      httpPort: 0,
      trustProxy: () => true,
      configure: (app) => {
        serveOpenApi(app, restDescription);
        enableRestCors(app, options);
      },
    });
  });
  afterEach(async () => {
    await rest.close();
    await services.close();
  });

  return {
    get services() {
      return services;
    },
    get port() {
      return rest.port;
    },
  };
}
