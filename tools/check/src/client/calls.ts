/** What an application may ask of the SDK, and a capture device that ends. */
export type Call =
  | { kind: 'join'; roomId: string }
  | { kind: 'leave'; roomId?: string }
  | { kind: 'publish'; streamId: string; roomId: string }
  | { kind: 'unpublish'; streamId: string }
  | { kind: 'share'; streamId: string; roomId: string }
  | { kind: 'unshare'; streamId: string; roomId: string }
  | { kind: 'mute'; streamId: string; media: 'audio' | 'video'; muted: boolean; roomId?: string }
  | { kind: 'subscribe'; streamId: string; roomId: string }
  | { kind: 'unsubscribe'; streamId: string; roomId?: string }
  | { kind: 'send'; roomId: string; text: string }
  | { kind: 'setAttribute'; roomId: string; key: string; value: string }
  | { kind: 'endDevice'; streamId: string };

/** The error of a call that failed. */
export interface CallFailure {
  /** Class of the error. */
  type: string;
  /** Omitted if it is not an error of the SDK. */
  errorName?: string;
  /** `details.problem`. */
  problem?: string;
  message: string;
}

export function describeCall(call: Call): string {
  const { kind, ...others } = call;
  return `${kind}(${Object.values(others).join(', ')})`;
}
