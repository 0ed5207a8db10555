import { afterAll, afterEach, beforeAll, beforeEach, expect } from '@jest/globals';
import { Bus } from '@polyroom/bus';
import { type RunningService } from '@polyroom/nest-service';
import { createLogger } from '@polyroom/observability';
import { type RunningServer, startNats, waitFor } from '@polyroom/testing';
import { loadGatewayConfig } from '../src/gateway.config.js';
import { startGateway } from '../src/start-gateway.js';
import { FakeCluster } from './fake-cluster.js';
import { RawClient } from './raw-client.js';

export const gatewayId = 'gw_1';

/** Fixtures of a gateway spec: each test gets a new gateway and a new fake cluster behind it. */
export interface UsedGateway {
  readonly nats: RunningServer;
  readonly cluster: FakeCluster;
  readonly gateway: RunningService;
  /** Log lines of the test's gateway, from debug on. */
  readonly lines: ReadonlyArray<Record<string, unknown>>;
  /** A client that is closed after the test. */
  connect(headers?: Record<string, string>): Promise<RawClient>;
  /** Same as `connect`, logged into a room. */
  connectTo(roomId: string, userId: string, more?: Record<string, unknown>): Promise<RawClient>;
}

/** Call at the top of a spec; it adds hooks. */
export function useGateway(env: Record<string, string> = {}): UsedGateway {
  let nats: RunningServer;
  let cluster: FakeCluster;
  let gateway: RunningService;
  let clients: RawClient[];
  let lines: Array<Record<string, unknown>>;

  beforeAll(async () => {
    nats = await startNats();
  });
  afterAll(async () => {
    await nats.close();
  });
  beforeEach(async () => {
    clients = [];
    lines = [];
    cluster = await FakeCluster.start(nats.url);
    const config = loadGatewayConfig({
      POLYROOM_NATS_URL: nats.url,
      POLYROOM_HTTP_HOST: '127.0.0.1',
      POLYROOM_GATEWAY_ID: gatewayId,
      ...env,
    });
    const write = (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>);
    const logger = createLogger('gateway', 'debug', { write });
    const bus = await Bus.connect({ url: nats.url, name: 'gateway', logger });
    gateway = await startGateway(config, bus, logger);
    await waitFor(async () => (await fetch(`http://127.0.0.1:${gateway.monitorPort}/readyz`)).ok, {
      timeoutMs: 5000,
      describe: 'the gateway',
    });
  });
  afterEach(async () => {
    await Promise.all(clients.map((client) => client.close()));
    await gateway.close();
    await cluster.close();
  });

  const connect = async (headers: Record<string, string> = {}): Promise<RawClient> => {
    const client = await RawClient.open(gateway.port, headers);
    clients.push(client);
    return client;
  };
  return {
    get nats() {
      return nats;
    },
    get cluster() {
      return cluster;
    },
    get gateway() {
      return gateway;
    },
    get lines() {
      return lines;
    },
    connect,
    connectTo: async (roomId, userId, more = {}) => {
      const client = await connect();
      expect((await client.login(roomId, userId, more)).error).toBeUndefined();
      return client;
    },
  };
}
