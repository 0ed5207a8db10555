import { type Described } from './describe-event.js';

export interface LogLine extends Described {
  id: number;
  atMs: number;
}

export const maxLines = 300;

/** Adds a line; the newest is the first. */
export function addLine(lines: readonly LogLine[], added: Described & { atMs: number }): readonly LogLine[] {
  return [{ ...added, id: (lines[0]?.id ?? 0) + 1 }, ...lines].slice(0, maxLines);
}
