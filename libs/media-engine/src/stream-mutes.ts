import { type MediaKind, type MuteAuthor } from '@polyroom/contracts';

/** The kinds of a stream muted in each room. */
export type MuteList = { roomId: string; kinds: MediaKind[] }[];

type KindsByRoom = Map<string, Set<MediaKind>>;

/**
 * The rooms in which a stream is muted, by kind; other rooms are unaffected. One author cannot undo the mute
 * of the other.
 */
export class StreamMutes {
  readonly #byAuthor: Record<MuteAuthor, KindsByRoom> = { publisher: new Map(), operator: new Map() };
  readonly #listeners = new Set<() => void>();

  set(by: MuteAuthor, roomId: string, kind: MediaKind, muted: boolean): void {
    const byRoom = this.#byAuthor[by];
    const kinds = new Set(byRoom.get(roomId));
    if (kinds.has(kind) === muted) {
      return;
    }
    if (muted) {
      kinds.add(kind);
    } else {
      kinds.delete(kind);
    }
    byRoom.delete(roomId);
    if (kinds.size > 0) {
      byRoom.set(roomId, kinds);
    }
    this.#tell();
  }

  /** Replaces everything with the list from the publisher's node, which does not distinguish authors. */
  replace(list: MuteList): void {
    this.#byAuthor.operator.clear();
    this.#byAuthor.publisher = new Map(list.map(({ roomId, kinds }) => [roomId, new Set(kinds)]));
    this.#tell();
  }

  /** The mutes of both authors, or of the given one. */
  list(by?: MuteAuthor): MuteList {
    const { operator, publisher } = this.#byAuthor;
    const layers = by === undefined ? [publisher, operator] : [this.#byAuthor[by]];
    const roomIds = new Set(layers.flatMap((layer) => [...layer.keys()]));
    return [...roomIds].map((roomId) => ({
      roomId,
      kinds: [...new Set(layers.flatMap((layer) => [...(layer.get(roomId) ?? [])]))],
    }));
  }

  /** Whether the kind is muted in all of these rooms. */
  silences(kind: MediaKind, roomIds: ReadonlySet<string>): boolean {
    return roomIds.size > 0 && [...roomIds].every((roomId) => this.#isKept(roomId, kind));
  }

  onChange(listener: () => void): void {
    this.#listeners.add(listener);
  }

  offChange(listener: () => void): void {
    this.#listeners.delete(listener);
  }

  #isKept(roomId: string, kind: MediaKind): boolean {
    const { operator, publisher } = this.#byAuthor;
    return publisher.get(roomId)?.has(kind) === true || operator.get(roomId)?.has(kind) === true;
  }

  #tell(): void {
    [...this.#listeners].forEach((listener) => listener());
  }
}
