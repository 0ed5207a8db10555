import { type MediaKind } from '@polyroom/contracts';

/** One kind in one room, or in all of them where `roomID` is undefined. */
export interface Mute {
  readonly kind: MediaKind;
  readonly roomID: string | undefined;
  /** What the application asked for last. */
  wanted: boolean;
  /** What the servers have; undefined while that is unknown. */
  reported: boolean | undefined;
}

/**
 * The mutes of one publication: what the application wants, which applies locally at once, and what has been
 * reported to the servers, which follows when they are reachable. The last intent wins.
 */
export class PublicationMutes {
  private readonly mutes = new Map<string, Mute>();

  set(kind: MediaKind, wanted: boolean, roomID: string | undefined): void {
    const key = `${kind} ${roomID ?? ''}`;
    const mute = this.mutes.get(key) ?? { kind, roomID, wanted, reported: false };
    mute.wanted = wanted;
    this.mutes.set(key, mute);
  }

  /** Whether the kind is muted in every room: then none of it is sent. */
  isSilent(kind: MediaKind, roomIDs: ReadonlySet<string>): boolean {
    const isWanted = (roomID: string | undefined): boolean =>
      this.mutes.get(`${kind} ${roomID ?? ''}`)?.wanted === true;
    return isWanted(undefined) || (roomIDs.size > 0 && [...roomIDs].every(isWanted));
  }

  /** The next mute to report. The servers refuse one that names a room in which they do not show the stream. */
  nextUnreported(shownIn: ReadonlySet<string>): Mute | undefined {
    return [...this.mutes.values()].find(
      ({ reported, roomID, wanted }) => reported !== wanted && (roomID === undefined || shownIn.has(roomID)),
    );
  }

  /** Reports one mute. Until there is an answer it is unknown whether the servers have it. */
  async report(mute: Mute, send: (muted: boolean) => Promise<unknown>): Promise<void> {
    const { wanted } = mute;
    mute.reported = undefined;
    await send(wanted);
    mute.reported = wanted;
  }

  /** The stream was published anew: the servers start without mutes. */
  forgetReports(): void {
    this.mutes.forEach((mute) => (mute.reported = false));
  }

  /** The stream was shared into the room again: the servers may have dropped its mutes there. */
  doubtReports(roomID: string): void {
    for (const mute of this.mutes.values()) {
      if (mute.roomID === roomID && mute.reported === true) {
        mute.reported = undefined;
      }
    }
  }

  /** The room no longer shows the stream. */
  forgetRoom(roomID: string): void {
    for (const [key, mute] of this.mutes) {
      if (mute.roomID === roomID) {
        this.mutes.delete(key);
      }
    }
  }
}
