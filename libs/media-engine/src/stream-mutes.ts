import { type MediaKind, type MuteAuthor } from '@polyroom/contracts';

/** What a stream keeps from each room that shows it. */
export type MuteList = { roomId: string; kinds: MediaKind[] }[];

type KindsByRoom = Map<string, Set<MediaKind>>;

/**
 * In which rooms a stream is muted, by kind. It is the same stream in the others. What one author mutes the
 * other cannot let through.
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

  /** What the node of the publisher says, where it does not matter who wants it so. */
  replace(list: MuteList): void {
    this.#byAuthor.operator.clear();
    this.#byAuthor.publisher = new Map(list.map(({ roomId, kinds }) => [roomId, new Set(kinds)]));
    this.#tell();
  }

  /** Everything, whoever wants it so; of one author only where they are named. */
  list(by?: MuteAuthor): MuteList {
    const { operator, publisher } = this.#byAuthor;
    const layers = by === undefined ? [publisher, operator] : [this.#byAuthor[by]];
    const roomIds = new Set(layers.flatMap((layer) => [...layer.keys()]));
    return [...roomIds].map((roomId) => ({
      roomId,
      kinds: [...new Set(layers.flatMap((layer) => [...(layer.get(roomId) ?? [])]))],
    }));
  }

  /** Whether none of these rooms may have it. */
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
