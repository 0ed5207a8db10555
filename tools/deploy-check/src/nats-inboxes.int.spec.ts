import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { Bus } from '@polyroom/bus';
import { roomRpc } from '@polyroom/contracts';
import { waitFor } from '@polyroom/testing';
import { connect, type NatsConnection, PermissionViolationError } from '@nats-io/transport-node';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { rootDir } from './repository.js';
import { natsUsers, ShippedNats } from './shipped-nats.js';

/** The mistake: the permissions name inboxes other than the user's own. */
const misnameInboxes = (user: string) => (configuration: string) =>
  configuration.replace(`"_INBOX.${user}.>"`, '"_INBOX.other.>"');

describe('with the shipped configuration', () => {
  const connections: NatsConnection[] = [];
  let nats: ShippedNats;

  beforeAll(async () => {
    nats = await ShippedNats.start();
  });
  afterEach(() => Promise.all(connections.splice(0).map((connection) => connection.close())));
  afterAll(() => nats.close());

  async function signIn(user: string): Promise<NatsConnection> {
    const servers = `127.0.0.1:${nats.port}`;
    const connection = await connect({ servers, user, pass: `pw-${user}`, inboxPrefix: `_INBOX.${user}` });
    connections.push(connection);
    return connection;
  }

  /** The subjects that the server refuses. */
  async function subscribe(connection: NatsConnection, subjects: string[]): Promise<string[]> {
    const refused: string[] = [];
    for (const subject of subjects) {
      connection.subscribe(subject, {
        callback: (error) => {
          if (error instanceof PermissionViolationError) {
            refused.push(subject);
          }
        },
      });
    }
    await connection.flush();
    return refused;
  }

  test.each(natsUsers)('%s subscribes to its own inboxes only', async (user) => {
    const connection = await signIn(user);
    const own = [`_INBOX.${user}.>`, `_INBOX.${user}.*.1`, `_INBOX.${user}.a.b`];
    expect(await subscribe(connection, own)).toEqual([]);
    const foreign = [
      ...['>', '*.>', '_INBOX.>', '_INBOX.*', '_INBOX.*.>', `_INBOX.*.*.1`, '_INBOX.a.1'],
      ...natsUsers
        .filter((other) => other !== user)
        .flatMap((other) => [`_INBOX.${other}.>`, `_INBOX.${other}.a.1`]),
    ];
    expect(await subscribe(connection, foreign)).toEqual(foreign);
  });

  test('a reply reaches the requesting user, although its subject is in no publish permission', async () => {
    const [room, gateway] = await Promise.all([signIn('room'), signIn('gateway')]);
    const { subject } = roomRpc.heartbeat;
    const replySubjects: string[] = [];
    room.subscribe(subject, {
      callback: (_error, message) => {
        replySubjects.push(message.reply!);
        message.respond('yes');
      },
    });
    await room.flush();
    expect((await gateway.request(subject, '', { timeout: 2000 })).string()).toBe('yes');
    expect(replySubjects).toEqual([expect.stringMatching(/^_INBOX\.gateway\./)]);
  });
});

describe('if the server denies a user its inboxes', () => {
  let nats: ShippedNats;

  beforeAll(async () => {
    nats = await ShippedNats.start(misnameInboxes('gateway'));
  });
  afterAll(() => nats.close());

  test('connecting fails, and the error names the inboxes', async () => {
    await expect(Bus.connect({ url: nats.urlOf('gateway'), name: 'gateway' })).rejects.toMatchObject({
      name: 'AuthorizationError',
      message: expect.stringMatching(/_INBOX\.gateway\.>.*nats\.conf/),
    });
    await (await Bus.connect({ url: nats.urlOf('room'), name: 'room' })).close();
  });

  test('the service does not start, and its log gives the reason', async () => {
    const gateway = spawn(process.execPath, [join(rootDir, 'apps/gateway/dist/main.js')], {
      env: {
        PATH: process.env['PATH'],
        POLYROOM_NATS_URL: nats.urlOf('gateway'),
        POLYROOM_HTTP_HOST: '127.0.0.1',
      },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [log, [code]] = await Promise.all([text(gateway.stdout), once(gateway, 'exit')]);
    expect(code).toBe(1);
    expect(log).toMatch(/"cannot start"/);
    expect(log).toContain('_INBOX.gateway.>');
    expect(log).not.toContain('pw-gateway');
  });
});

test('a service whose inboxes are withdrawn at run time is no longer ready', async () => {
  const nats = await ShippedNats.start();
  const bus = await Bus.connect({ url: nats.urlOf('gateway'), name: 'gateway' });
  await expect(bus.ping()).resolves.toBeUndefined();
  await nats.reload(misnameInboxes('gateway'));
  const isRefused = (): Promise<boolean> =>
    bus.ping().then(
      () => false,
      (error: Error) => error.message.includes('_INBOX.gateway.>'),
    );
  await waitFor(isRefused, { timeoutMs: 5000, describe: 'the refusal' });
  await bus.close();
  await nats.close();
});
