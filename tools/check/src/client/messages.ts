/** Checks what one client received of a room: everything that is stored, once and in the order of the room. */
export function findMessageProblems(given: {
  userId: string;
  roomId: string;
  received: readonly string[];
  /** Received by a client that was there all the time. */
  all: readonly string[];
}): string[] {
  const { all, received, roomId, userId } = given;
  const problems: string[] = [];
  const twice = received.filter((text, index) => received.indexOf(text) !== index);
  if (twice.length > 0) {
    problems.push(`${userId}: received twice in ${roomId}: ${twice.join(', ')}`);
  }
  const positions = received.map((text) => all.indexOf(text));
  if (positions.some((position, index) => index > 0 && position < positions[index - 1]!)) {
    problems.push(`${userId}: received in another order in ${roomId}: ${received.join(', ')}`);
  }
  return problems;
}
