import { readCaller } from '@polyroom/observability';
import { type SessionConnection } from '../connection/session-connection.js';
import { type ClientSession } from './client-session.js';
import { type SessionSlot } from './session-slot.js';

/** A client as the client methods see it: how to reach it, and the one session it may hold. */
export interface Caller {
  readonly connection: SessionConnection;
  readonly slot: SessionSlot<ClientSession>;
}

/** The caller for a log line. Without a session only its address is known. */
export function describeCaller({ connection: { clientAddress, connectionId }, slot }: Caller) {
  return { ...readCaller(slot.session?.ref), address: clientAddress, connectionId };
}
