import { expect, test } from '@jest/globals';
import { type ClientEvents, Emitter, PolyroomError } from '@polyroom/sdk';
import { type Described, watchClient } from './describe-event.js';
import { addLine, type LogLine, maxLines } from './log-lines.js';

const user = { userId: 'bob', userName: 'Bob' };
const stream = { streamId: 'bob-stream', user, extraInfo: '', kinds: ['audio' as const], mutedKinds: [] };
const refused = PolyroomError.of('ROOM_MULTI_ROOM_EXCEED_MAXIMUM_ROOM_COUNT');

/** What the log says about one event. */
function describe<Name extends keyof ClientEvents>(
  name: Name,
  ...args: ClientEvents[Name]
): Described | undefined {
  const client = new Emitter<ClientEvents>();
  const described: Described[] = [];
  const stop = watchClient(client, (added) => described.push(added));
  client.emit(name, ...args);
  stop();
  client.emit(name, ...args);
  expect(described.length).toBeLessThanOrEqual(1);
  return described[0];
}

test('a refusal has its room, code, name and message', () => {
  expect(
    describe('roomStateChanged', { roomId: 'stage', state: 'left', change: 'joinFailed', error: refused }),
  ).toEqual({
    text: `The join was refused: 1002037 ROOM_MULTI_ROOM_EXCEED_MAXIMUM_ROOM_COUNT. ${refused.message}`,
    roomIds: ['stage'],
    isProblem: true,
  });
});

const described: [Described | undefined, string][] = [
  [describe('roomStateChanged', { roomId: 'stage', state: 'joined', change: 'joined' }), 'Joined'],
  [
    describe('roomStateChanged', { roomId: 'hall', state: 'joined', change: 'joined', movedFrom: 'stage' }),
    'The server has moved you here from stage',
  ],
  [
    describe('roomStateChanged', { roomId: 'stage', state: 'left', change: 'removed', movedTo: 'hall' }),
    'The server has moved you to hall',
  ],
  [describe('roomStateChanged', { roomId: 'stage', state: 'joined', change: 'rejoined' }), 'Connected again'],
  [describe('membersJoined', { roomId: 'stage', members: [user] }), 'Bob joined'],
  [describe('streamsAdded', { roomId: 'stage', streams: [stream] }), 'New stream: bob-stream of Bob'],
  [
    describe('streamChanged', {
      roomId: 'stage',
      former: stream,
      stream: { ...stream, mutedKinds: ['audio'] },
    }),
    'audio of bob-stream muted',
  ],
  [
    describe('attributesChanged', {
      roomId: 'stage',
      attributes: [
        { key: 'topic', value: 'tea', updatedByUserId: 'bob', updatedAtMs: 1 },
        { key: 'old', value: '', updatedByUserId: 'bob', updatedAtMs: 1 },
      ],
    }),
    'Attribute topic is now “tea”; Attribute old is deleted',
  ],
  [
    describe('commandReceived', { roomId: 'stage', messageId: 1, from: user, text: 'wave' }),
    'Bob sent the command “wave”',
  ],
  [
    describe('publicationChanged', { streamId: 'ada-stream', state: 'active', roomIds: ['stage'] }),
    'ada-stream is published',
  ],
  [
    describe('publicationChanged', {
      ...{ streamId: 'ada-stream', state: 'active', roomIds: ['stage'], endedKinds: ['video'] },
    }),
    'No video from ada-stream',
  ],
  [
    describe('subscriptionChanged', { streamId: 'bob-stream', state: 'pending', roomIds: [] }),
    'Waiting for bob-stream',
  ],
];

test.each(described.map(([found, text]) => [text, found] as const))('%s', (text, found) => {
  expect(found).toMatchObject({ text, isProblem: false });
});

test('measurements are not in the log', () => {
  expect(describe('networkQuality', { up: 0, down: 0 })).toBeUndefined();
});

test('the log has the newest line first, and a bound', () => {
  let lines: readonly LogLine[] = [];
  for (let atMs = 1; atMs <= maxLines + 5; atMs++) {
    lines = addLine(lines, { text: `line ${atMs}`, roomIds: [], isProblem: false, atMs });
  }
  expect(lines).toHaveLength(maxLines);
  expect(lines[0]).toMatchObject({ text: `line ${maxLines + 5}`, id: maxLines + 5 });
  expect(new Set(lines.map(({ id }) => id)).size).toBe(maxLines);
});
