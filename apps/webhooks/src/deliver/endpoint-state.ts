import { eventCursorSchema, instanceIdSchema } from '@polyroom/contracts';
import { z } from 'zod';

/** A room or user whose events wait: behind one that failed, or because its lane ran out of time. */
const waitingSchema = z.object({
  roomId: z.string().optional(),
  userId: z.string().optional(),
  /** The last event that is done. */
  after: eventCursorSchema,
  /** Failed attempts in a row; 0: it only continues later. */
  attempts: z.number().int(),
  /** Start of these failures. */
  sinceMs: z.number().int(),
  nextAtMs: z.number().int(),
});
export type Waiting = z.output<typeof waitingSchema>;

/** How far an endpoint is. Not strict: a later version may store more fields. */
export const endpointStateSchema = z.object({
  /** The instance that sends; empty: none. */
  ownerId: instanceIdSchema.or(z.literal('')),
  /** Everything up to here is delivered or waits. */
  cursor: eventCursorSchema,
  waiting: z.record(z.string(), waitingSchema),
  /** Steps in a row in which nothing was delivered. */
  failures: z.number().int(),
  failingSinceMs: z.number().int().optional(),
  nextAtMs: z.number().int().optional(),
  /** The endpoint's value when these failures were counted; a newer value voids them. */
  enabledAtMs: z.number().int().optional(),
});
export type EndpointState = z.output<typeof endpointStateSchema>;

export function newState(ownerId: string, cursor: string): EndpointState {
  return { ownerId, cursor, waiting: {}, failures: 0 };
}

export function hasFailures({ failures, failingSinceMs }: EndpointState): boolean {
  return failures > 0 || failingSinceMs !== undefined;
}

export function withoutFailures(state: EndpointState): EndpointState {
  const { failingSinceMs: _since, nextAtMs: _next, ...kept } = state;
  return { ...kept, failures: 0 };
}

/** The state in which an endpoint begins that was enabled at this time. */
export function enabledAgain(state: EndpointState, enabledAtMs: number): EndpointState {
  return { ...withoutFailures(state), enabledAtMs };
}

/** Key of a room, a user or the AppID among those that wait. */
export function laneKey({
  roomId,
  userId,
}: {
  roomId?: string | undefined;
  userId?: string | undefined;
}): string {
  return roomId !== undefined ? `r${roomId}` : userId !== undefined ? `u${userId}` : 'a';
}

export function stateKey(appId: number, endpointId: string): string {
  return `${appId}.${endpointId}`;
}

export function parseStateKey(key: string): { appId: number; endpointId: string } {
  const [appId, endpointId] = key.split('.') as [string, string];
  return { appId: Number(appId), endpointId };
}
