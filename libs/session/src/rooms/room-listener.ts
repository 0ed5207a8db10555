import { type MediaKind } from '@polyroom/contracts';
import { type OutFrame } from '../connection/out-frame.js';

/** Takes frames to a client. */
export interface Outlet {
  write(frame: OutFrame): void;
}

/** What a room needs to know of a member on this gateway. */
export interface RoomListener {
  readonly sessionId: string;
  readonly userId: string;
  /** The media node of its session. */
  readonly nodeId: string;
  /** Whether it asked to hear of others coming and going (`isUserStatusNotify`). */
  readonly wantsUsers: boolean;
  /** The way to its client. Seats keep it: a message to everybody goes straight to it. */
  readonly outlet: Outlet;
  /** A stream of somebody else is shown in the room no more. */
  onStreamRemoved(roomId: string, streamId: string): void;
  /** An operator has said what the room is to have of a stream. */
  onStreamMuted(roomId: string, streamId: string, kinds: MediaKind[]): void;
  /** Facts of the room were missed, and nobody will say them again. */
  onFactsMissed(roomId: string): void;
}
