import { type RoomFact, type RoomMessage } from '@polyroom/contracts';
import { encodeEvent } from '../socket/client-frame.js';

/** The event that a fact is to clients. */
export function encodeFact(roomId: string, fact: RoomFact): Buffer {
  const place = { roomId, roomEpoch: fact.roomEpoch, seq: fact.seq };
  switch (fact.type) {
    case 'memberJoined':
      return encodeEvent('room.userUpdate', { ...place, update: 'add', users: [fact.user] });
    case 'memberLeft':
      return encodeEvent('room.userUpdate', { ...place, update: 'delete', users: [fact.user] });
    case 'streamAdded':
      return encodeEvent('room.streamUpdate', { ...place, update: 'add', streams: [fact.stream] });
    case 'streamRemoved':
      return encodeEvent('room.streamUpdate', {
        ...place,
        update: 'delete',
        streams: [fact.stream],
        reason: fact.reason,
      });
    case 'attributesChanged':
      return encodeEvent('room.attributesUpdate', { ...place, attributes: fact.attributes });
  }
}

export function encodeMessage(message: RoomMessage): Buffer {
  const { roomId, messageId, seq, sentAtMs, from, content } = message;
  return encodeEvent('message.received', {
    roomId,
    messages: [{ messageId, seq, sentAtMs, from, content }],
  });
}
