import { type TurnConfig } from './media/turn.js';

/** The provider token of SessionConfig. */
export const SESSION_CONFIG = Symbol('session configuration');

/** What a process that holds client sessions is configured with. */
export interface SessionConfig {
  /** The name of this process in session records; unique for every start. */
  gatewayId: string;
  /** New sessions prefer the media nodes of this region. */
  region?: string;
  /** Its sessions are those of WHIP and WHEP clients. */
  interop?: true;
  turn: TurnConfig;
  usageIntervalMs: number;
}
