import { expect, test } from '@jest/globals';
import { messagingRpc } from '@polyroom/contracts';
import { appId, moderatedAppId, useMessaging } from '../../test/use-messaging.js';

const used = useMessaging();

async function contentsOf(ofAppId: number): Promise<string[]> {
  const request = { appId: ofAppId, roomId: used.roomId, userId: 'bob', epoch: '', sinceSeq: 0, limit: 100 };
  const { messages } = await used.client.request(messagingRpc.readHistory, request);
  return messages.map(({ content }) => content);
}

test('deletes all messages of an AppID, and of no other, at every instance', async () => {
  const moderated = { appId: moderatedAppId, clientMessageId: 'm' };
  await used.send('first');
  await used.send('second');
  await used.send('of another AppID', moderated);
  expect(await contentsOf(appId)).toEqual(['first', 'second']);
  const statement = await used.stateAuthority('apps:delete');
  await used.client.request(messagingRpc.purgeApp, { appId }, { statement });
  expect(await contentsOf(appId)).toEqual([]);
  expect(await contentsOf(moderatedAppId)).toEqual(['of another AppID']);

  // The writers have positions from before; each of several requests may reach another instance.
  for (let count = 0; count < 6; count += 1) {
    await used.send(`after ${count}`);
  }
  expect(await contentsOf(appId)).toEqual([0, 1, 2, 3, 4, 5].map((count) => `after ${count}`));
  // Repeated, as auth does after a failure, and for an AppID without messages.
  await used.client.request(messagingRpc.purgeApp, { appId }, { statement });
  const other = await used.stateAuthority('apps:delete', 77);
  await used.client.request(messagingRpc.purgeApp, { appId: 77 }, { statement: other });
  expect(await contentsOf(appId)).toEqual([]);
});

test('refuses without a genuine statement for the AppID', async () => {
  const other = await used.stateAuthority('apps:delete', 77);
  for (const statement of [undefined, other]) {
    const purging = used.client.request(
      messagingRpc.purgeApp,
      { appId },
      statement === undefined ? {} : { statement },
    );
    await expect(purging).rejects.toMatchObject({ code: 1190126 });
  }
});
