import { expect, test } from '@jest/globals';
import { waitFor } from '@polyroom/testing';
import { codeOf, codesOf, useMessaging } from '../test/use-messaging.js';

/** Longer than a restart of both instances takes on a busy machine. */
const maxAgeMs = 12_000;
const used = useMessaging({ maxAgeMs });

/** Far more than the messages that are sent to find out whether both instances accept them. */
const quotaBytes = 100_000;

/**
 * Waits for both instances, each of which reads the size at most once a second: with many messages, the first that
 * accepts them would reach the quota before the second one reads the size.
 */
async function waitUntilAllAnswer(code: number): Promise<void> {
  await waitFor(
    async () => {
      const codes = await codesOf(8, (n) => used.send('x', { roomId: `${used.roomId}-${n}` }));
      return codes.size === 1 && codes.has(code);
    },
    { timeoutMs: maxAgeMs + 10_000, intervalMs: 500, describe: `all answers to be ${code}` },
  );
}

test('refuses an AppID at its quota with 1190502 until its messages expire, and no other AppID', async () => {
  await used.allow({ maxStoredMessageBytes: quotaBytes });
  await waitFor(async () => (await codesOf(20, () => used.send('x'.repeat(1000)))).has(1190502), {
    describe: 'the refusal',
  });
  await waitUntilAllAnswer(1190502);
  await used.closeInstances();
  await used.startInstances(2);
  await waitUntilAllAnswer(1190502);
  expect(await codeOf(used.send('to all', { appId: 3, roomId: 'theirs' }))).toBe(0);
  await waitFor(() => used.stored.some(({ content }) => content === 'to all'), {
    describe: "the other AppID's message",
  });
  await waitUntilAllAnswer(0);
});
