/** The faults that a step can name. */
export type Problem =
  | 'unknown address'
  | 'no server'
  | 'TLS'
  | 'not a gateway'
  | 'other version'
  | 'clock skew'
  | 'wrong token'
  | 'no WebSocket'
  | 'login refused'
  | 'wrong announced address'
  | 'blocked UDP'
  | 'blocked TCP'
  | 'unreachable TURN'
  | 'wrong TURN credentials'
  | 'expired TURN credentials'
  | 'TURN';

export interface Finding {
  status: 'ok' | 'failed' | 'skipped';
  /** What was found, in one sentence. */
  detail: string;
  problem?: Problem;
  /** What the fault means for clients. */
  meaning?: string;
  cure?: string;
  /** Number in docs/errors.md, of a refusal. */
  code?: number | undefined;
}

export const ok = (detail: string): Finding => ({ status: 'ok', detail });
export const skipped = (detail: string): Finding => ({ status: 'skipped', detail });

export function failed(
  problem: Problem,
  detail: string,
  meaning: string,
  cure: string,
  code?: number,
): Finding {
  return { status: 'failed', problem, detail, meaning, cure, ...(code === undefined ? {} : { code }) };
}
