/** Joins the messages of an error and its causes, outermost first. */
export function describeReason(error: unknown): string {
  const messages: string[] = [];
  const seen = new Set<unknown>();
  for (let next = error; next !== undefined && next !== null && !seen.has(next); next = causeOf(next)) {
    seen.add(next);
    const message = messageOf(next);
    if (!messages.some((known) => known.includes(message))) {
      messages.push(message);
    }
  }
  return messages.join(': ');
}

function causeOf(error: unknown): unknown {
  const { cause, errors } = Object(error) as { cause?: unknown; errors?: unknown };
  // If several addresses failed, reports the last failure.
  return cause ?? (Array.isArray(errors) ? errors.at(-1) : undefined);
}

function messageOf(error: unknown): string {
  const { message, code, kind } = Object(error) as Record<string, unknown>;
  return String([message, code, kind].find((text) => typeof text === 'string' && text !== '') ?? error);
}
