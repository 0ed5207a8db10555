import { Injectable } from '@nestjs/common';
import { gatewayMetrics } from '../gateway-metrics.js';
import { type ClientSession } from './client-session.js';

/** The open sessions of this gateway, for what the bus says of them. */
@Injectable()
export class SessionRegistry {
  private readonly sessions = new Map<string, ClientSession>();

  add(session: ClientSession): void {
    this.sessions.set(session.sessionId, session);
    gatewayMetrics.sessions.set(this.sessions.size);
  }

  remove(session: ClientSession): void {
    this.sessions.delete(session.sessionId);
    gatewayMetrics.sessions.set(this.sessions.size);
  }

  find(sessionId: string): ClientSession | undefined {
    return this.sessions.get(sessionId);
  }
}
