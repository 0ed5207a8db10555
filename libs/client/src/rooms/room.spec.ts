import { expect, test } from '@jest/globals';
import { type RoomAttribute, type RoomSnapshot } from '@polyroom/contracts';
import { type AttributeInfo, type ClientEvents } from '../client-types.js';
import { Emitter } from '../emitter.js';
import { Room } from './room.js';

const attribute = (key: string, value: string, version: number): RoomAttribute => ({
  ...{ key, value, version },
  ...{ updatedByUserId: 'other', updatedAtMs: 1 },
});

const snapshot = (roomEpoch: string, seq: number, ...attributes: RoomAttribute[]): RoomSnapshot => ({
  ...{ roomId: 'room1', roomEpoch, seq, memberCount: 1 },
  ...{ members: [], streams: [], attributes },
});

/** A room, and the attributes of each event that it emits. */
function enter(...attributes: RoomAttribute[]): { room: Room; changes: Record<string, string>[] } {
  const events = new Emitter<ClientEvents>();
  const changes: Record<string, string>[] = [];
  events.on('attributesChanged', (info: { attributes: AttributeInfo[] }) =>
    changes.push(Object.fromEntries(info.attributes.map(({ key, value }) => [key, value]))),
  );
  const room = new Room('room1', { userId: 'me', userName: 'Me' }, {}, events);
  room.state = 'joined';
  room.applySnapshot(snapshot('1', 10, ...attributes));
  changes.length = 0;
  return { room, changes };
}

test('emits an attribute that was deleted before a snapshot once, as deleted', () => {
  const { changes, room } = enter(attribute('topic', 'tea', 3), attribute('mood', 'calm', 4));
  room.applySnapshot(snapshot('1', 12, attribute('mood', 'calm', 4)));
  room.applySnapshot(snapshot('1', 12, attribute('mood', 'calm', 4)));
  expect(changes).toEqual([{ topic: '' }]);
});

test('emits an attribute that was deleted and set again', () => {
  const { changes, room } = enter(attribute('topic', 'tea', 3));
  room.applySnapshot(snapshot('1', 12));
  const update = { roomId: 'room1', roomEpoch: '1', seq: 13 };
  room.handleAttributesUpdate({ ...update, attributes: [attribute('topic', 'coffee', 13)] });
  expect(changes).toEqual([{ topic: '' }, { topic: 'coffee' }]);
});

test('keeps an own attribute that was set after the snapshot was taken', () => {
  const { changes, room } = enter();
  room.noteAttributes([attribute('mine', 'x', 13)]);
  room.applySnapshot(snapshot('1', 12));
  expect(changes).toEqual([]);
});

test('takes the attributes of a room that was created again, whose versions start at 0', () => {
  const { changes, room } = enter(attribute('topic', 'tea', 9), attribute('mood', 'calm', 8));
  room.applySnapshot(snapshot('2', 3, attribute('topic', 'coffee', 2)));
  const update = { roomId: 'room1', roomEpoch: '2', seq: 4 };
  room.handleAttributesUpdate({ ...update, attributes: [attribute('topic', 'water', 4)] });
  expect(changes).toEqual([{ mood: '', topic: 'coffee' }, { topic: 'water' }]);
});
