import { createHash } from 'node:crypto';
import { type ErrorName, errorRegistry, httpStatusOf, problemContentType } from '@polyroom/contracts';
import { headersOf } from './reply-headers.js';

/** A reference into `components` of the document. */
export interface Reference {
  $ref: string;
}

/** The error replies of a document: one for each status and set of codes, which many operations refer to. */
export class ErrorReplies {
  private readonly described = new Map<string, object>();

  /** For `components.responses`. */
  get components(): Record<string, object> {
    return Object.fromEntries([...this.described].sort(([left], [right]) => (left < right ? -1 : 1)));
  }

  /** One reference for each HTTP status of the errors. */
  referToAll(names: Iterable<ErrorName>): Record<number, Reference> {
    const all = [...names];
    return Object.fromEntries(
      [...new Set(all.map(statusOf))].map((status) => [
        status,
        this.referTo(
          status,
          all.filter((name) => statusOf(name) === status),
        ),
      ]),
    );
  }

  referTo(status: number, names: ErrorName[]): Reference {
    const codes = names.map((name) => errorRegistry[name].code).sort((left, right) => left - right);
    // The same in each process, whatever else its document has.
    const digest = createHash('sha256').update(codes.join()).digest('hex').slice(0, 8);
    const key = `Problem${status}-${digest}`;
    if (!this.described.has(key)) {
      this.described.set(key, describeReply(status, names));
    }
    return { $ref: `#/components/responses/${key}` };
  }
}

function statusOf(name: ErrorName): number {
  return httpStatusOf(errorRegistry[name].category);
}

function describeReply(status: number, names: ErrorName[]): object {
  const errors = names
    .map((name) => ({ name, ...errorRegistry[name] }))
    .sort((left, right) => left.code - right.code);
  // Beside the reference, which generators of clients follow: they make one type of all problems.
  const schema = {
    $ref: '#/components/schemas/Problem',
    properties: { code: { enum: errors.map(({ code }) => code) } },
  };
  return {
    description: errors.map(({ code, name, summary }) => `${code} \`${name}\`: ${summary}`).join('\n\n'),
    headers: headersOf(
      'X-Request-Id',
      ...(status === 429 || status === 503 ? (['Retry-After'] as const) : []),
    ),
    content: { [problemContentType]: { schema } },
  };
}
