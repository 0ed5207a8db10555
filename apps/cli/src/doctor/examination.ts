import { type GatewaySocket, type MediaSession } from './gateway-socket.js';
import { type ProbeResult } from './probe-candidate.js';

/** What the steps are asked to examine, and what they have found for later ones. */
export interface Examination {
  readonly url: string;
  readonly appId: number | undefined;
  readonly apiKey: string | undefined;
  readonly serverSecret: string | undefined;
  readonly givenToken: string | undefined;
  readonly givenRoom: string | undefined;
  /** Of each step that waits for the network. */
  readonly timeoutMs: number;
  serverAddresses: string[];
  apiVersion?: string | undefined;
  /** How far the clock of the server is ahead of this one. */
  serverAheadMs?: number;
  login?: { userId: string; token: string; roomId: string };
  socket?: GatewaySocket;
  media?: MediaSession | undefined;
  probes?: ProbeResult[];
}
