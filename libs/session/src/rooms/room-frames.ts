import {
  type BarrageMessage,
  maxMessagesAtOnce,
  type MessagePosition,
  type OrderedMessage,
  type RoomFact,
} from '@polyroom/contracts';
import { encodeEvent } from '../connection/encode-event.js';
import { type OutFrame } from '../connection/out-frame.js';
import { type Speaker } from './dominant-speaker.js';

/** Encodes a fact as the client's event. */
export function encodeFact(roomId: string, fact: RoomFact): OutFrame {
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
    case 'streamChanged':
      return encodeEvent('room.streamChanged', { ...place, stream: fact.stream });
    case 'attributesChanged':
      return encodeEvent('room.attributesUpdate', { ...place, attributes: fact.attributes });
    case 'streamMuted':
      return encodeEvent('room.streamMuted', { ...place, streamId: fact.streamId, kinds: fact.kinds });
  }
}

/** Encodes messages in as few frames as the protocol allows. */
export function encodeMessages(roomId: string, epoch: string, messages: OrderedMessage[]): OutFrame[] {
  const frames: OutFrame[] = [];
  for (let from = 0; from < messages.length; from += maxMessagesAtOnce) {
    const some =
      messages.length <= maxMessagesAtOnce ? messages : messages.slice(from, from + maxMessagesAtOnce);
    frames.push(encodeEvent('message.received', { roomId, epoch, messages: some }));
  }
  return frames;
}

export function encodePosition(roomId: string, position: MessagePosition): OutFrame {
  return encodeEvent('message.position', { roomId, position });
}

export function encodeBarrage(roomId: string, message: BarrageMessage): OutFrame {
  return encodeEvent('message.barrage', { roomId, messages: [message] }, true);
}

/** Facts were missed: members have to request the room's state. */
export function encodeGap(roomId: string): OutFrame {
  return encodeEvent('room.gap', { roomId });
}

export function encodeCount(roomId: string, count: number): OutFrame {
  return encodeEvent('room.onlineCount', { roomId, count });
}

/** Lossy: a slow reader may miss it. */
export function encodeDominantSpeaker(roomId: string, speaker: Speaker | undefined): OutFrame {
  return encodeEvent('room.dominantSpeaker', speaker === undefined ? { roomId } : { roomId, speaker }, true);
}
