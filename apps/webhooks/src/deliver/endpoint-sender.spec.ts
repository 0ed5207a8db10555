import { afterEach, expect, jest, test } from '@jest/globals';
import { type AppEvent, type SendableWebhook } from '@polyroom/contracts';
import { type SendResult } from '../send/http-sender.js';
import { EndpointSender } from './endpoint-sender.js';
import { newState } from './endpoint-state.js';

afterEach(() => {
  jest.restoreAllMocks();
});

const rooms = 20;
/** The first event of each room. */
const events = Array.from({ length: rooms }, (_, index): AppEvent => {
  const cursor = `${index + 1}-0`;
  const atMs = Date.now();
  const data = {};
  return {
    id: cursor,
    cursor,
    type: 'room.opened',
    appId: 1,
    atMs,
    roomId: `r${index}`,
    epoch: 'e',
    seq: 1,
    data,
  };
});
const webhook: SendableWebhook = {
  ...{
    appId: 1,
    endpointId: 'wh_0123456789abcdef',
    url: 'http://app.example/',
    format: 'standard',
    types: ['*'],
  },
  ...{ roomIds: [], description: '', enabled: true, createdAtMs: 0, updatedAtMs: 0, secrets: ['unused'] },
};

/** Runs one step over all rooms; returns its result and how many requests it sent. */
async function step(answer: () => Promise<SendResult>) {
  let sent = 0;
  const sender = new EndpointSender({
    log: { read: async () => ({ events, next: events.at(-1)!.cursor, gone: false }) },
    send: () => {
      sent += 1;
      return answer();
    },
    retryForMs: 60_000,
    isOwner: () => true,
  });
  return { ...(await sender.step(webhook, newState('ws_1', '0-0'))), sent: () => sent };
}

test('sends no further request once one got no answer, and all rooms wait', async () => {
  const { state, sent } = await step(async () => ({ ok: false, error: 'no answer in time', durationMs: 1 }));
  expect(sent()).toBeLessThanOrEqual(8);
  expect(Object.keys(state.waiting)).toHaveLength(rooms);
  expect(state.waiting['rr19']).toMatchObject({ after: '0-0', attempts: 0, nextAtMs: 0 });
});

test('starts no request after the deadline of the step', async () => {
  let nowMs = 0;
  jest.spyOn(performance, 'now').mockImplementation(() => nowMs);
  const { state, sent } = await step(async () => {
    nowMs += 400;
    return { ok: true, status: 200, durationMs: 400 };
  });
  expect(sent()).toBeLessThan(rooms);
  expect(Object.keys(state.waiting)).toHaveLength(rooms - sent());
});
