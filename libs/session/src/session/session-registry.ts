import { Injectable } from '@nestjs/common';
import { GaugeShare } from '@polyroom/observability';
import { sessionMetrics } from '../session-metrics.js';
import { type ClientSession } from './client-session.js';

/** The open sessions of this gateway by ID, for events on the bus. */
@Injectable()
export class SessionRegistry {
  private readonly sessions = new Map<string, ClientSession>();
  private readonly count = new GaugeShare(sessionMetrics.sessions);
  private readonly expected = new Map<string, number>();

  add(session: ClientSession): void {
    this.sessions.set(session.sessionId, session);
    this.count.set(this.sessions.size);
  }

  /** Does not remove another object of the same session, from a later socket. */
  remove(session: ClientSession): void {
    if (this.sessions.get(session.sessionId) === session) {
      this.sessions.delete(session.sessionId);
    }
    this.count.set(this.sessions.size);
  }

  /** Counts a session as known during `work`: the records may name this gateway before the session is added. */
  async expecting<T>(sessionId: string, work: () => Promise<T>): Promise<T> {
    this.expected.set(sessionId, (this.expected.get(sessionId) ?? 0) + 1);
    try {
      return await work();
    } finally {
      const left = this.expected.get(sessionId)! - 1;
      if (left === 0) {
        this.expected.delete(sessionId);
      } else {
        this.expected.set(sessionId, left);
      }
    }
  }

  /** Whether the session is here or expected. */
  knows(sessionId: string): boolean {
    return this.sessions.has(sessionId) || this.expected.has(sessionId);
  }

  get all(): ClientSession[] {
    return [...this.sessions.values()];
  }

  find(sessionId: string): ClientSession | undefined {
    return this.sessions.get(sessionId);
  }
}
