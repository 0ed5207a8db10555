import { type SessionRef } from '@polyroom/contracts';

/** Encodes a session as a set member. The order of the parts is fixed, so that equal sessions match. */
export function toEntry(session: SessionRef): string {
  return JSON.stringify([session.appId, session.userId, session.sessionId]);
}

export function fromEntry(entry: string): SessionRef {
  const [appId, userId, sessionId] = JSON.parse(entry) as [number, string, string];
  return { appId, userId, sessionId };
}
