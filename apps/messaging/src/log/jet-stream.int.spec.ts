import { expect, test } from '@jest/globals';
import { Bus } from '@polyroom/bus';
import { newId } from '@polyroom/contracts';
import { runService } from '@polyroom/nest-service';
import { createLogger } from '@polyroom/observability';
import { startNats, startNatsCluster, waitFor } from '@polyroom/testing';
import { jetstreamManager } from '@nats-io/jetstream';
import { hooksSchema } from '../hooks/hooks.js';
import { MessagingModule } from '../messaging.module.js';
import { MessageLog } from './message-log.js';
import { roomLogOptions } from './room-log-options.js';

const message = (key: string) => ({
  ...{ key, kind: 'broadcast' as const, category: 'chat' as const, content: key },
  from: { userId: 'alice', userName: 'Alice' },
});

test('stores on three servers, and loses or repeats no acknowledged message when the leader is killed', async () => {
  const cluster = await startNatsCluster();
  const bus = await Bus.connect({ url: cluster.url, name: 'messaging', streamReplicas: 3 });
  try {
    const log = await waitFor(() => MessageLog.open(bus, roomLogOptions), {
      timeoutMs: 30_000,
      describe: 'JetStream to have a leader',
    });
    const append = (key: string) =>
      // The same key again is the same message.
      waitFor(() => log.append(1, 'room', message(key)), {
        timeoutMs: 60_000,
        describe: `${key} to be stored`,
      });
    await append('m1');
    const manager = await jetstreamManager(bus.natsConnection, { timeout: 1000, checkAPI: false });
    const { cluster: raft, config } = await manager.streams.info('roomlog-1');
    expect(config.num_replicas).toBe(3);
    const crashed = cluster.servers[Number(raft!.leader!.slice(1)) - 1]!;
    const sending = Promise.all(['m2', 'm3'].map(append));
    await crashed.kill();
    await Promise.all([sending, append('m4')]);
    const query = { epoch: '', sinceSeq: 0, limit: 10, maxAgeMs: 60_000, maxMessages: 10 };
    const { messages } = await waitFor(() => log.read(1, 'room', query), {
      timeoutMs: 30_000,
      describe: 'the history',
    });
    expect(messages.map(({ content }) => content).sort()).toEqual(['m1', 'm2', 'm3', 'm4']);
    expect(messages.map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
  } finally {
    await bus.close();
    await cluster.close();
  }
}, 150_000);

test('is not ready while JetStream does not answer', async () => {
  const nats = await startNats({ jetStream: true });
  const bus = await Bus.connect({ url: nats.url, name: 'messaging' });
  const log = await MessageLog.open(bus, roomLogOptions);
  const instanceId = newId('instance');
  const service = await runService({
    ...{ name: 'messaging', bus, logger: createLogger('messaging', 'silent') },
    module: MessagingModule.register({
      ...{ bus, log, instanceId, hooks: hooksSchema.parse({}), usageIntervalMs: 3_600_000 },
    }),
    ...{ httpHost: '127.0.0.1', httpPort: 0 },
  });
  const readiness = async () => {
    const reply = await fetch(`http://127.0.0.1:${service.port}/readyz`);
    return { status: reply.status, ...((await reply.json()) as { bus: string; jetStream: string }) };
  };
  expect(await readiness()).toMatchObject({ status: 200, jetStream: 'ok' });
  await nats.close();
  const withoutJetStream = await startNats({ port: nats.port });
  await waitFor(async () => (await readiness()).bus === 'ok', { timeoutMs: 10_000, describe: 'the bus' });
  expect(await readiness()).toMatchObject({ status: 503, bus: 'ok' });
  await service.close();
  await withoutJetStream.close();
});
