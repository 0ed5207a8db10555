import { type MediaKind } from '@polyroom/contracts';
import { type OutFrame } from '../connection/out-frame.js';

/** Sends frames to a client. */
export interface Outlet {
  write(frame: OutFrame): void;
}

/** A member on this gateway, as seen by its room. */
export interface RoomListener {
  readonly sessionId: string;
  readonly userId: string;
  /** The media node of its session. */
  readonly nodeId: string;
  /** Whether it requested notifications of joins and leaves (`isUserStatusNotify`). */
  readonly wantsUsers: boolean;
  /**
   * The outlet to its client. Room subscriptions keep it, so that messages to all members are written
   * directly.
   */
  readonly outlet: Outlet;
  /** The room no longer shows a stream of another member. */
  onStreamRemoved(roomId: string, streamId: string): void;
  /** An operator changed the muted kinds of a stream in the room. */
  onStreamMuted(roomId: string, streamId: string, kinds: MediaKind[]): void;
  /** Facts of the room were missed and will not be repeated. */
  onFactsMissed(roomId: string): void;
}
