import { firstDataChannel, type MediaKind, type StreamKind } from '@polyroom/contracts';

/** A stream that this session publishes. */
export interface Upstream {
  readonly streamId: string;
  readonly channel: number;
  readonly kinds: Set<StreamKind>;
  /** Rooms that show it. */
  roomIds: Set<string>;
  /** What it keeps from which room; '' stands for all rooms. */
  readonly mutes: Map<string, Set<MediaKind>>;
  /** What operators keep from which room. */
  readonly forbidden: Map<string, Set<MediaKind>>;
}

/** Whether it was claimed for data, and carries nothing else. */
export function isData({ channel }: Pick<Upstream, 'channel'>): boolean {
  return channel >= firstDataChannel;
}
