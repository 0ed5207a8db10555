import { type Grants } from '@polyroom/contracts';
import { type RoomSeat } from '../rooms/room-seat.js';

/** One room of a session. */
export interface Membership {
  readonly roomId: string;
  /** Fences every write of this membership. */
  readonly epoch: number;
  readonly grants: Grants;
  /** The login that made it: the same request again is the same membership. */
  readonly requestId: string;
  /** Where the room's facts and messages come from. */
  readonly seat: RoomSeat;
}
