export type MessageKind = 'message' | 'barrage' | 'command';

export interface MessageLine {
  key: string;
  kind: MessageKind;
  name: string;
  text: string;
  isOwn: boolean;
  atMs: number;
}

/** Barrage messages and commands that are kept for each room. */
export const maxPassing = 100;

export function addPassing(
  lines: readonly MessageLine[],
  added: readonly MessageLine[],
): readonly MessageLine[] {
  return [...lines, ...added].slice(-maxPassing);
}

/** Stored messages in the order of the room, with the passing ones at their times. */
export function mergeLines(
  stored: readonly MessageLine[],
  passing: readonly MessageLine[],
): readonly MessageLine[] {
  const merged: MessageLine[] = [];
  let next = 0;
  for (const line of stored) {
    while (next < passing.length && passing[next]!.atMs < line.atMs) {
      merged.push(passing[next++]!);
    }
    merged.push(line);
  }
  return [...merged, ...passing.slice(next)];
}
