import { type Emitter } from '../emitter.js';
import { type RoomChooser } from '../engine/room-chooser.js';
import { type Rooms } from '../engine/rooms.js';
import { type Withdrawals } from '../engine/withdrawals.js';
import { type MediaSlot } from '../media/media-slot.js';
import { type Link } from '../signal/link.js';
import { type ZegoEvents } from '../zego-types.js';

export interface SequentialDataOptions {
  link: Link;
  slot: MediaSlot;
  rooms: Rooms;
  chooser: RoomChooser;
  events: Emitter<ZegoEvents>;
  withdrawals: Withdrawals;
  /** Whether audio or video with this stream ID is published or played here. */
  isMediaStream(streamID: string): boolean;
}
