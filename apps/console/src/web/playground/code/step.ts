import { type MediaKind } from '@polyroom/sdk';
import { type Source } from '../state/page-state.js';

/** What the user has just done, for the code that does the same. */
export type Step =
  | { type: 'join'; roomIds: readonly string[] }
  | { type: 'leave'; roomId: string }
  | { type: 'leaveAll' }
  | { type: 'move'; from: string; to: string }
  /** `roomIds`: the rooms that show the stream. */
  | { type: 'publish'; source: Source; streamId: string; roomIds: readonly string[] }
  | { type: 'unpublish'; source: Source; streamId: string }
  | { type: 'share'; source: Source; streamId: string; roomId: string; roomIds: readonly string[] }
  | { type: 'unshare'; source: Source; streamId: string; roomId: string; roomIds: readonly string[] }
  | {
      type: 'mute';
      source: Source;
      streamId: string;
      kind: MediaKind;
      isMuted: boolean;
      roomId: string;
      roomIds: readonly string[];
    }
  | { type: 'device'; device: 'camera' | 'microphone'; streamId: string; roomIds: readonly string[] }
  | { type: 'play'; streamId: string; roomId: string }
  | { type: 'stop'; streamId: string; roomId: string }
  | { type: 'message'; roomId: string; text: string }
  | { type: 'barrage'; roomId: string; text: string }
  /** `userIds`: empty for all members. */
  | { type: 'command'; roomId: string; text: string; userIds: readonly string[] }
  | { type: 'attribute'; roomId: string; key: string; value: string }
  | { type: 'token'; roomIds: readonly string[] }
  | { type: 'network' };

/** What the code of a step needs besides it. */
export interface Setup {
  appId: number;
  /** Addresses of gateways. */
  server: readonly string[];
  user: { userId: string; userName: string };
  roomMode: 'multi' | 'single';
}

/** A string literal. */
export function quote(text: string): string {
  const inner = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'");
  return `'${inner}'`;
}

export function quoteAll(texts: readonly string[]): string {
  return `[${texts.map(quote).join(', ')}]`;
}
