import { type DevicePolicy, type RoomMode } from '@polyroom/contracts';

/** A user of the check, with its rules. */
export interface CheckedUser {
  appId: number;
  appSign: string;
  userId: string;
  mode: RoomMode;
  policy: DevicePolicy;
  /** In single-room mode 1. */
  limit: number;
}

/**
 * `cut`: the connection ended without a logout, or the room service received a report of that. `resume`: the
 * session was resumed right after such an end. Switching rooms is a logout and a login at the same moment.
 */
export type OperationKind = 'login' | 'logout' | 'end' | 'cut' | 'resume';

/** `unknown`: it may have taken effect, may do so a little later, or never. */
export type Outcome = 'ok' | 'refused' | 'unknown';

/** One operation, from its call to its answer. Times are of this process's monotonic clock, in ms. */
export interface Operation {
  readonly kind: OperationKind;
  /** One device: a socket, or a session without one. */
  readonly device: number;
  readonly roomId: string;
  readonly requestId: string;
  readonly invokedMs: number;
  /** Infinity until it is answered. */
  respondedMs: number;
  outcome: Outcome;
  code: number;
  /** If the path reports it. */
  epoch: number | undefined;
  sessionId: string | undefined;
  /** In the answer to a resume: the rooms. */
  roomIds: string[] | undefined;
}

/** Redis was unavailable, or restarted; with `lossy` its last acknowledged writes may be lost. */
export interface RedisFault {
  fromMs: number;
  toMs: number;
  lossy: boolean;
}

/** The writes that Redis acknowledged in so many ms before a kill may be lost: it syncs its file once a second. */
export const lossMs = 2500;

/** The fault in which Redis may have lost what the operation wrote, although it was answered. */
export function findLoss(
  { invokedMs, respondedMs }: Pick<Operation, 'invokedMs' | 'respondedMs'>,
  faults: readonly RedisFault[],
): RedisFault | undefined {
  return faults.find(({ lossy, fromMs, toMs }) => lossy && respondedMs > fromMs - lossMs && invokedMs < toMs);
}

/** All operations of one user. */
export class History {
  readonly operations: Operation[] = [];

  constructor(readonly user: CheckedUser) {}

  begin(
    kind: OperationKind,
    device: number,
    details: Partial<Pick<Operation, 'roomId' | 'requestId' | 'epoch' | 'invokedMs'>> = {},
  ): Operation {
    const operation: Operation = {
      kind,
      device,
      roomId: details.roomId ?? '',
      requestId: details.requestId ?? '',
      invokedMs: details.invokedMs ?? performance.now(),
      respondedMs: Infinity,
      outcome: 'unknown',
      code: 0,
      epoch: details.epoch,
      sessionId: undefined,
      roomIds: undefined,
    };
    this.operations.push(operation);
    return operation;
  }
}

/** `ROOM_DISCONNECT` and similar codes: there is no such session to resume. */
const lostSession = [1002033, 1002052, 1002055];

/** Codes of answers that nothing was done. All others leave the outcome open. */
const refusals = new Set([
  ...[
    1002001, 1002002, 1002018, 1002034, 1002036, 1002037, 1002050, 1002057, 1002064, 1002066, 1002086,
    1000002,
  ],
  ...lostSession,
]);

export function settle(operation: Operation, code: number): void {
  operation.respondedMs = performance.now();
  operation.code = code;
  operation.outcome = code === 0 ? 'ok' : refusals.has(code) ? 'refused' : 'unknown';
}
