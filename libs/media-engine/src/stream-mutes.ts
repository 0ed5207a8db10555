import { type MediaKind } from '@polyroom/contracts';

/** What a stream keeps from each room that shows it. */
export type MuteList = { roomId: string; kinds: MediaKind[] }[];

/** In which rooms a stream is muted, by kind. It is the same stream in the others. */
export class StreamMutes {
  #byRoom = new Map<string, Set<MediaKind>>();
  readonly #listeners = new Set<() => void>();

  constructor(list: MuteList = []) {
    this.#byRoom = toMap(list);
  }

  set(roomId: string, kind: MediaKind, muted: boolean): void {
    const kinds = new Set(this.#byRoom.get(roomId));
    if (kinds.has(kind) === muted) {
      return;
    }
    if (muted) {
      kinds.add(kind);
    } else {
      kinds.delete(kind);
    }
    this.#byRoom.delete(roomId);
    if (kinds.size > 0) {
      this.#byRoom.set(roomId, kinds);
    }
    this.#tell();
  }

  replace(list: MuteList): void {
    this.#byRoom = toMap(list);
    this.#tell();
  }

  list(): MuteList {
    return [...this.#byRoom].map(([roomId, kinds]) => ({ roomId, kinds: [...kinds] }));
  }

  /** Whether none of these rooms may have it. */
  silences(kind: MediaKind, roomIds: ReadonlySet<string>): boolean {
    return roomIds.size > 0 && [...roomIds].every((roomId) => this.#byRoom.get(roomId)?.has(kind) === true);
  }

  onChange(listener: () => void): void {
    this.#listeners.add(listener);
  }

  offChange(listener: () => void): void {
    this.#listeners.delete(listener);
  }

  #tell(): void {
    [...this.#listeners].forEach((listener) => listener());
  }
}

function toMap(list: MuteList): Map<string, Set<MediaKind>> {
  return new Map(list.map(({ roomId, kinds }) => [roomId, new Set(kinds)]));
}
