import { type ClientEvents } from '../client-types.js';
import { type Emitter } from '../emitter.js';
import { type Link } from '../signal/link.js';
import { type Rooms } from './rooms.js';

/** The dominant speaker of each room. The servers repeat it for late joiners; only changes are emitted. */
export class Speakers {
  private readonly reported = new Map<string, string | undefined>();

  constructor(link: Link, rooms: Rooms, events: Emitter<ClientEvents>) {
    link.events.on('room.dominantSpeaker', ({ roomId, speaker }) =>
      rooms.whenIn(roomId, () => {
        if (this.reported.get(roomId) !== speaker?.streamId) {
          this.reported.set(roomId, speaker?.streamId);
          events.emit('dominantSpeakerChanged', { roomId, ...(speaker === undefined ? {} : { speaker }) });
        }
      }),
    );
    events.on('roomStateChanged', ({ change, roomId }) => {
      if (change === 'joined') {
        this.reported.delete(roomId);
      }
    });
  }
}
