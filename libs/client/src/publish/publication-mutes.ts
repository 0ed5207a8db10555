import { type MediaKind } from '@polyroom/contracts/client';

/** The mute of one kind in one room, or in all rooms if `roomId` is undefined. */
export interface Mute {
  readonly kind: MediaKind;
  readonly roomId: string | undefined;
  /** The last request of the application. */
  wanted: boolean;
  /** The state at the servers; undefined while it is unknown. */
  reported: boolean | undefined;
}

/**
 * The mutes of one publication: the wanted state, which applies locally at once, and the reported state,
 * which follows when the servers are reachable. The last request wins.
 */
export class PublicationMutes {
  private readonly mutes = new Map<string, Mute>();

  constructor(
    /** Kinds without a track: muted in all rooms, regardless of the wanted state. */
    private readonly endedKinds: () => readonly MediaKind[],
  ) {
    this.set('audio', false, undefined);
    this.set('video', false, undefined);
  }

  set(kind: MediaKind, wanted: boolean, roomId: string | undefined): void {
    const key = `${kind} ${roomId ?? ''}`;
    const mute = this.mutes.get(key) ?? { kind, roomId, wanted, reported: false };
    mute.wanted = wanted;
    this.mutes.set(key, mute);
  }

  /** Whether the kind is muted in every room, so that none of it is sent. */
  isSilent(kind: MediaKind, roomIds: ReadonlySet<string>): boolean {
    const isWanted = (roomId: string | undefined): boolean => {
      const mute = this.mutes.get(`${kind} ${roomId ?? ''}`);
      return mute !== undefined && this.isDue(mute);
    };
    return isWanted(undefined) || (roomIds.size > 0 && [...roomIds].every(isWanted));
  }

  /** The next mute to report. The servers refuse a mute for a room that does not show the stream. */
  nextUnreported(shownIn: ReadonlySet<string>): Mute | undefined {
    return [...this.mutes.values()].find(
      (mute) => mute.reported !== this.isDue(mute) && (mute.roomId === undefined || shownIn.has(mute.roomId)),
    );
  }

  /** Reports one mute. Until the response arrives, the state at the servers is unknown. */
  async report(mute: Mute, send: (muted: boolean) => Promise<unknown>): Promise<void> {
    const muted = this.isDue(mute);
    mute.reported = undefined;
    await send(muted);
    mute.reported = muted;
  }

  /** The stream was published again: the servers start without mutes. */
  forgetReports(): void {
    this.mutes.forEach((mute) => (mute.reported = false));
  }

  /** The stream was shared into the room again: the servers may have dropped its mutes there. */
  doubtReports(roomId: string): void {
    for (const mute of this.mutes.values()) {
      if (mute.roomId === roomId && mute.reported === true) {
        mute.reported = undefined;
      }
    }
  }

  /** The servers show the stream in a further room, with the mutes that it has in `fromRoomId`. */
  copyRoom(fromRoomId: string, roomId: string): void {
    for (const { kind, reported, roomId: mutedIn, wanted } of [...this.mutes.values()]) {
      if (mutedIn === fromRoomId && wanted) {
        this.mutes.set(`${kind} ${roomId}`, { kind, roomId, wanted, reported });
      }
    }
  }

  /** The room no longer shows the stream. */
  forgetRoom(roomId: string): void {
    for (const [key, mute] of this.mutes) {
      if (mute.roomId === roomId) {
        this.mutes.delete(key);
      }
    }
  }

  private isDue({ kind, roomId, wanted }: Mute): boolean {
    return wanted || (roomId === undefined && this.endedKinds().includes(kind));
  }
}
