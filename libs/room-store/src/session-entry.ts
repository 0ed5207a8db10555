import { type SessionRef } from '@polyroom/contracts';

/** A session as a member of a set: its parts in a fixed order. */
export function toEntry(session: SessionRef): string {
  return JSON.stringify([session.appId, session.userId, session.sessionId]);
}

export function fromEntry(entry: string): SessionRef {
  const [appId, userId, sessionId] = JSON.parse(entry) as [number, string, string];
  return { appId, userId, sessionId };
}
