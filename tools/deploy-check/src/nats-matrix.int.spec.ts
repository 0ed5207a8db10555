import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import * as contracts from '@polyroom/contracts';
import {
  type EventContract,
  eventSubject,
  type NodeRpcContract,
  type RpcContract,
} from '@polyroom/contracts';
import { connect, type NatsConnection, PermissionViolationError } from '@nats-io/transport-node';
import { readText } from './repository.js';
import { natsUsers, ShippedNats } from './shipped-nats.js';

/**
 * Every subject with every NATS user, on a server with the shipped configuration. The oracle is the table of
 * docs/authorisation.md. Each `*` of a subject stands for one token: the server decides all of them alike.
 */
type Contract = RpcContract | NodeRpcContract | EventContract;

/** Services whose instances are also addressed by name. */
const namedServices = new Set(['messaging', 'recorder']);

const rows = readTable();
let nats: ShippedNats;
const connections = new Map<string, NatsConnection>();

beforeAll(async () => {
  nats = await ShippedNats.start();
  const servers = `127.0.0.1:${nats.port}`;
  for (const user of natsUsers) {
    const inboxPrefix = `_INBOX.${user}`;
    connections.set(user, await connect({ servers, user, pass: `pw-${user}`, inboxPrefix }));
  }
});
afterAll(async () => {
  await Promise.all([...connections.values()].map((connection) => connection.close()));
  await nats.close();
});

test('the table has every subject of the contracts, and no other one of theirs', () => {
  const subjects = [...new Set(findContracts(contracts).flatMap(subjectsOf))];
  expect(subjects.length).toBeGreaterThan(100);
  expect(subjects.filter((subject) => !rows.has(subject))).toEqual([]);
  const known = new Set(subjects);
  const isOfContracts = (subject: string) => /^(rpc|node|event|room|gateway)\./.test(subject);
  const left = [...rows.keys()].filter((subject) => isOfContracts(subject) && !known.has(subject));
  expect(left).toEqual(['node.*.auth.any', 'node.*.room.any']);
});

test('the table has a subject for every permission of the configuration', () => {
  const allowed = [...readText('deploy/nats/nats.conf').matchAll(/"([$_\w.*>-]+\.[\w.*>-]+)"/g)].map(
    ([, pattern]) => pattern!,
  );
  expect(allowed.length).toBeGreaterThan(80);
  // Of JetStream, the table names the requests that change something.
  const isRead = (pattern: string) =>
    /^\$JS\.(API\.(INFO|DIRECT|STREAM\.(INFO|MSG\.DELETE)|CONSUMER\.(INFO|DELETE))|FC)/.test(pattern);
  const covers = (pattern: string, subject: string) =>
    new RegExp(`^${pattern.replace(/[.$]/g, '\\$&').replaceAll('*', '[^.]+').replace('>', '.+')}$`).test(
      subject,
    );
  const unlisted = allowed.filter(
    (pattern) => !isRead(pattern) && ![...rows.keys()].some((subject) => covers(pattern, subject)),
  );
  expect(unlisted).toEqual([]);
});

test('the server decides every cell as the table does', async () => {
  const subjects = [...rows.keys()];
  const actual: string[] = [];
  const expected: string[] = [];
  for (const user of natsUsers) {
    const refused = await tryAll(connections.get(user)!, subjects);
    for (const subject of subjects) {
      for (const operation of ['publish', 'subscribe'] as const) {
        const isAllowed = !refused.has(`${operation} ${concrete(subject)}`);
        actual.push(`${user}: ${operation} ${subject}: ${isAllowed ? 'allowed' : 'refused'}`);
        const mayUse = rows.get(subject)![operation].includes(user);
        expected.push(`${user}: ${operation} ${subject}: ${mayUse ? 'allowed' : 'refused'}`);
      }
    }
  }
  const equal = actual.filter((cell, at) => cell === expected[at]).length;
  console.info(`authorisation matrix of the bus: ${actual.length} cells compared, ${equal} equal`);
  expect(actual).toEqual(expected);
});

/** Publishes to and subscribes to every subject; returns the refused operations. */
async function tryAll(connection: NatsConnection, subjects: string[]): Promise<Set<string>> {
  const refused = new Set<string>();
  const note = (error: unknown) => {
    if (error instanceof PermissionViolationError) {
      refused.add(`${error.operation === 'publish' ? 'publish' : 'subscribe'} ${error.subject}`);
    }
  };
  void (async () => {
    for await (const status of connection.status()) {
      if (status.type === 'error') {
        note(status.error);
      }
    }
  })();
  const subscriptions = subjects.map((subject) =>
    connection.subscribe(concrete(subject), { callback: (error) => note(error) }),
  );
  await connection.flush();
  subscriptions.forEach((subscription) => subscription.unsubscribe());
  for (const subject of subjects) {
    connection.publish(concrete(subject));
  }
  // The server reports refusals before it answers the flush; the client then passes them on.
  await connection.flush();
  await setImmediate();
  return refused;
}

function concrete(subject: string): string {
  return subject.replaceAll('*', 'x1');
}

function subjectsOf(contract: Contract): string[] {
  switch (contract.kind) {
    case 'event':
      return [eventSubject(contract, {})];
    case 'nodeRpc':
      return [named(contract)];
    case 'rpc':
      return namedServices.has(contract.service) ? [contract.subject, named(contract)] : [contract.subject];
  }
}

function named({ service, method }: RpcContract | NodeRpcContract): string {
  return `node.*.${service}.${method}`;
}

function findContracts(group: object): Contract[] {
  return Object.values(group).flatMap((value: unknown) => {
    if (typeof value !== 'object' || value === null) {
      return [];
    }
    const { kind } = value as { kind?: unknown };
    if (kind === 'rpc' || kind === 'nodeRpc' || kind === 'event') {
      return [value as Contract];
    }
    // A module of contracts.
    return Symbol.toStringTag in value ? findContracts(value) : [];
  });
}

interface Row {
  publish: string[];
  subscribe: string[];
}

function readTable(): Map<string, Row> {
  const users = (cell: string) => (cell === 'none' ? [] : cell.split(', '));
  const lines = [
    ...readText('docs/authorisation.md').matchAll(/^\| ((?:`[^`]+` ?)+) \| ([a-z, ]+) \| ([a-z, ]+) \|$/gm),
  ];
  return new Map(
    lines.flatMap(([, subjects, publish, subscribe]) =>
      [...subjects!.matchAll(/`([^`]+)`/g)].map(
        ([, subject]) => [subject!, { publish: users(publish!), subscribe: users(subscribe!) }] as const,
      ),
    ),
  );
}
