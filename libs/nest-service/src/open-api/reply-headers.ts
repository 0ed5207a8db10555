const text = (description: string): object => ({ description, schema: { type: 'string' } });

/** For `components.headers`. */
export const replyHeaders = {
  'X-Request-Id': text('The ID of the request, which the log and the audit name.'),
  RateLimit: text('What is left of the rate: `"credential";r=<requests>;t=<seconds>`.'),
  'RateLimit-Policy': text(
    'The rate of a credential at one gateway: `"credential";q=<requests>;w=<seconds>`.',
  ),
  'Retry-After': text('When to try again, in seconds.'),
};

export function headersOf(...names: (keyof typeof replyHeaders)[]): object {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}
