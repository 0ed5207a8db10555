import { firstDataChannel, type MediaKind, type MuteAuthor, type StreamKind } from '@polyroom/contracts';

/** One kind of media that is muted: in one room or, with `undefined`, in all rooms. */
export interface Mute {
  readonly by: MuteAuthor;
  readonly roomId: string | undefined;
  readonly kind: MediaKind;
}

/** What the media node and the room service hold of a stream when its session is resumed. */
export interface HeldUpstream {
  streamId: string;
  channel: number;
  kinds: readonly StreamKind[];
  roomIds: readonly string[];
  mutes: readonly Mute[];
}

/** A stream that a session publishes. `ClientSession` changes it. */
export interface Upstream {
  readonly streamId: string;
  readonly channel: number;
  /** Whether it was claimed for data, and carries nothing else. */
  readonly isData: boolean;
  readonly kinds: ReadonlySet<StreamKind>;
  /** Rooms that show it. */
  readonly roomIds: ReadonlySet<string>;
  readonly mutes: readonly Mute[];
  /** What the publisher mutes in a room, or with `undefined` in all rooms. */
  mutedKinds(roomId: string | undefined): readonly MediaKind[];
  /** What the publisher mutes in a room, by a rule for this room or for all. */
  mutedForViewers(roomId: string): readonly MediaKind[];
  /** What an operator mutes in a room. */
  forbiddenKinds(roomId: string): readonly MediaKind[];
  /** Whether a rule for this room, by the publisher or an operator, mutes a kind. */
  isMutedIn(roomId: string, kind: MediaKind): boolean;
}

export class UpstreamState implements Upstream {
  private readonly produced = new Set<StreamKind>();
  private shownIn = new Set<string>();
  /** What the publisher mutes, by room; `undefined` stands for all rooms. */
  private readonly wished = new Map<string | undefined, Set<MediaKind>>();
  /** What operators mute, by room. */
  private readonly forbidden = new Map<string, Set<MediaKind>>();

  constructor(
    readonly streamId: string,
    readonly channel: number,
  ) {}

  static restore({ streamId, channel, kinds, roomIds, mutes }: HeldUpstream): UpstreamState {
    const upstream = new UpstreamState(streamId, channel);
    kinds.forEach((kind) => upstream.addKind(kind));
    upstream.showIn(roomIds);
    for (const { by, roomId, kind } of mutes) {
      if (by === 'publisher') {
        upstream.mute(roomId, kind, true);
      } else if (roomId !== undefined) {
        upstream.forbid(roomId, [...upstream.forbiddenKinds(roomId), kind]);
      }
    }
    return upstream;
  }

  get isData(): boolean {
    return this.channel >= firstDataChannel;
  }

  get kinds(): ReadonlySet<StreamKind> {
    return this.produced;
  }

  get roomIds(): ReadonlySet<string> {
    return this.shownIn;
  }

  get mutes(): readonly Mute[] {
    const toMutes = (by: MuteAuthor, rules: ReadonlyMap<string | undefined, ReadonlySet<MediaKind>>) =>
      [...rules].flatMap(([roomId, kinds]) => [...kinds].map((kind): Mute => ({ by, roomId, kind })));
    return [...toMutes('publisher', this.wished), ...toMutes('operator', this.forbidden)];
  }

  mutedKinds(roomId: string | undefined): readonly MediaKind[] {
    return [...(this.wished.get(roomId) ?? [])];
  }

  mutedForViewers(roomId: string): readonly MediaKind[] {
    return [...new Set([...this.mutedKinds(undefined), ...this.mutedKinds(roomId)])];
  }

  forbiddenKinds(roomId: string): readonly MediaKind[] {
    return [...(this.forbidden.get(roomId) ?? [])];
  }

  isMutedIn(roomId: string, kind: MediaKind): boolean {
    return this.wished.get(roomId)?.has(kind) === true || this.forbidden.get(roomId)?.has(kind) === true;
  }

  addKind(kind: StreamKind): void {
    this.produced.add(kind);
  }

  showIn(roomIds: Iterable<string>): void {
    this.shownIn = new Set(roomIds);
  }

  removeRoom(roomId: string): void {
    this.shownIn.delete(roomId);
  }

  mute(roomId: string | undefined, kind: MediaKind, muted: boolean): void {
    const kinds = this.wished.get(roomId) ?? new Set();
    if (muted) {
      kinds.add(kind);
    } else {
      kinds.delete(kind);
    }
    this.wished.set(roomId, kinds);
  }

  clearMutes(roomId: string): void {
    this.wished.delete(roomId);
  }

  forbid(roomId: string, kinds: Iterable<MediaKind>): void {
    this.forbidden.set(roomId, new Set(kinds));
  }
}
