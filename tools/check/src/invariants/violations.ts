import { type CheckedUser, type Operation } from './history.js';

export const rules = {
  limit: 'at most N live rooms a user at every instant',
  idempotence: 'a repeated login keeps its place, and a different login for the same room is refused',
  fencing: 'writes of a superseded login are rejected; epochs grow',
  freedOnce: 'a place is freed exactly once',
  kept: 'no session loses a place that it did not give up',
  free: 'a place that was given up is free, and nothing is left when all have left',
} as const;

export type Rule = keyof typeof rules;

export interface Violation {
  rule: Rule;
  user: CheckedUser;
  text: string;
  /** The operations that show it. */
  operations: Operation[];
  /** The other operations of their devices on these rooms. */
  context: Operation[];
}

const mostContext = 30;

export function describeViolation({ rule, user, text, operations, context }: Violation): string {
  return [
    `${rule}: ${user.policy} ${user.mode} ${user.userId} (limit ${user.limit}): ${text}`,
    ...operations.map(describeOperation),
    ...(context.length === 0 ? [] : ['    other operations of these devices on these rooms:']),
    ...context.slice(-mostContext).map(describeOperation),
  ].join('\n');
}

function describeOperation(operation: Operation): string {
  const { kind, device, roomId, requestId, invokedMs, respondedMs, outcome, code, epoch } = operation;
  const what = [kind, roomId, requestId && `request ${requestId}`, epoch && `epoch ${epoch}`];
  const answered = Number.isFinite(respondedMs) ? respondedMs.toFixed(1) : 'never';
  return `    ${invokedMs.toFixed(1)}..${answered} device ${device}: ${what.filter(Boolean).join(' ')} → ${outcome} ${code || ''}`;
}
