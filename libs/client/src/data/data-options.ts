import { type ClientEvents } from '../client-types.js';
import { type Emitter } from '../emitter.js';
import { type MediaSlot } from '../media/media-slot.js';
import { type Withdrawals } from '../play/withdrawals.js';
import { type Rooms } from '../rooms/rooms.js';
import { type Link } from '../signal/link.js';

export interface DataOptions {
  link: Link;
  slot: MediaSlot;
  rooms: Rooms;
  events: Emitter<ClientEvents>;
  withdrawals: Withdrawals;
  /** Whether audio or video with this stream ID is published or played here. */
  isMediaStream(streamId: string): boolean;
}
