import { type ClientParams, type ClientResult } from '@polyroom/contracts/client';
import { type MediaConnection } from '../media/media-connection.js';
import { type MediaSlot } from '../media/media-slot.js';
import { type Link } from '../signal/link.js';
import { PolyroomError } from '../polyroom-error.js';
import { isNetworkError } from '../rooms/room-errors.js';

type StopPlay = ClientParams<'stream.stopPlay'>;

/**
 * Stops requested while the servers were unreachable. The servers keep sending and showing these streams for
 * as long as the session lives, so the stops are reported first when the session is resumed.
 */
export class Withdrawals {
  /** By stream, with the receiving media connection; stops do not apply to a later connection. */
  private readonly unreportedStops = new Map<string, { media: MediaConnection; stops: StopPlay[] }>();

  constructor(
    private readonly link: Link,
    private readonly slot: MediaSlot,
  ) {}

  /** Stops a stream that is played in a room, or in all rooms if none is named. Never rejects. */
  async stopPlay(streamId: string, roomId?: string): Promise<void> {
    const { media } = this.slot;
    if (media === undefined) {
      return;
    }
    const stop = { streamId, ...(roomId === undefined ? {} : { roomId }) };
    const isReported =
      this.link.isOpen &&
      this.slot.isCurrent &&
      (await this.link.call('stream.stopPlay', stop).then(
        () => true,
        (error: unknown) => !isNetworkError(PolyroomError.from(error, 'PLAYER_INNER_ERROR')),
      ));
    if (!isReported && this.slot.media === media) {
      const { stops } = this.unreportedStops.get(streamId) ?? { stops: [] };
      this.unreportedStops.set(streamId, { media, stops: [...stops, stop] });
    }
  }

  /** The stream is played again, after every stop that reached the servers. */
  noteStarted(streamId: string): void {
    this.unreportedStops.delete(streamId);
  }

  /**
   * Call before any other request on the new socket. `roomsOf` returns the rooms of a stream that is still
   * published.
   */
  handleResumed(
    { media, upstreams }: ClientResult<'session.resume'>,
    roomsOf: (streamId: string) => ReadonlySet<string> | undefined,
  ): void {
    const unreported = [...this.unreportedStops.values()];
    this.unreportedStops.clear();
    if (media !== undefined) {
      // With new transports every stream is published and played again.
      return;
    }
    for (const { stops } of unreported.filter((former) => former.media === this.slot.media)) {
      stops.forEach((stop) => void this.link.call('stream.stopPlay', stop).catch(() => undefined));
    }
    for (const { roomIds, streamId } of upstreams) {
      const shownIn = roomsOf(streamId);
      if (shownIn === undefined) {
        void this.link.call('stream.stopPublish', { streamId }).catch(() => undefined);
        continue;
      }
      for (const roomId of roomIds.filter((shown) => !shownIn.has(shown))) {
        void this.link.call('stream.unshare', { streamId, roomId }).catch(() => undefined);
      }
    }
  }
}
