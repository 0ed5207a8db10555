import { type CheckedUser, type Operation } from './history.js';

export const rules = {
  limit: 'at most N live rooms a user at every instant',
  idempotence: 'the same login again is the same place, and another one for the same room is refused',
  fencing: 'what an old login says changes nothing; epochs grow',
  freedOnce: 'a place is freed exactly once',
  kept: 'no session loses a place that it did not give up',
  free: 'a place that was given up is free, and nothing is left when all have left',
} as const;

export type Rule = keyof typeof rules;

export interface Violation {
  rule: Rule;
  user: CheckedUser;
  text: string;
  /** What it is seen from. */
  operations: Operation[];
  /** The rest of what their devices asked about these rooms. */
  context: Operation[];
}

const mostContext = 30;

export function describeViolation({ rule, user, text, operations, context }: Violation): string {
  return [
    `${rule}: ${user.policy} ${user.mode} ${user.userId} (limit ${user.limit}): ${text}`,
    ...operations.map(describeOperation),
    ...(context.length === 0 ? [] : ['    what else these devices did about it:']),
    ...context.slice(-mostContext).map(describeOperation),
  ].join('\n');
}

function describeOperation(operation: Operation): string {
  const { kind, device, roomId, requestId, invokedMs, respondedMs, outcome, code, epoch } = operation;
  const what = [kind, roomId, requestId && `request ${requestId}`, epoch && `epoch ${epoch}`];
  const answered = Number.isFinite(respondedMs) ? respondedMs.toFixed(1) : 'never';
  return `    ${invokedMs.toFixed(1)}..${answered} device ${device}: ${what.filter(Boolean).join(' ')} → ${outcome} ${code || ''}`;
}
