import { type Emitter } from '../emitter.js';
import { type Link } from '../signal/link.js';
import { type ZegoEvents, ZegoRoomStateChangedReason } from '../zego-types.js';
import { type Rooms } from './rooms.js';

/** The dominant speaker of each room. The servers repeat it for late joiners; only changes are emitted. */
export class Speakers {
  private readonly reported = new Map<string, string | undefined>();

  constructor(link: Link, rooms: Rooms, events: Emitter<ZegoEvents>) {
    link.events.on('room.dominantSpeaker', ({ roomId, speaker }) =>
      rooms.whenIn(roomId, () => {
        if (this.reported.get(roomId) !== speaker?.streamId) {
          this.reported.set(roomId, speaker?.streamId);
          const { streamId: streamID = '', userId: userID = '' } = speaker ?? {};
          events.emit('roomDominantSpeakerUpdate', roomId, { userID, streamID });
        }
      }),
    );
    events.on('roomStateChanged', (roomID, reason) => {
      if (reason === ZegoRoomStateChangedReason.Logined) {
        this.reported.delete(roomID);
      }
    });
  }
}
