import { AppError } from '@polyroom/contracts';

/** A string of JSON; with a colon behind it, it is the name of a member. */
const stringOfJson = /"(?:[^"\\]|\\.)*"(\s*:)?/g;

/**
 * Parses the JSON that a token contains. Throws `notJson` for other text, and 1002075 if an object has the same name
 * twice: `JSON.parse` uses the last one and other parsers the first, which would disagree on what the token grants.
 * `path` names the field of the token.
 */
export function parseContent(
  text: string,
  notJson: 'ROOM_TOKEN_FORMAT_ERROR' | 'ROOM_TOKEN_INNER_ERROR',
  path = 'token',
): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Without a cause: the parser's message would quote the text.
    throw new AppError(notJson, { details: { path } });
  }
  const names = text.match(stringOfJson)?.filter((token) => token.endsWith(':')).length ?? 0;
  if (names !== countNames(value)) {
    throw new AppError('ROOM_TOKEN_FORMAT_ERROR', { details: { path, problem: 'a name occurs twice' } });
  }
  return value;
}

/** Without recursion: the nesting of a token is that of its sender. */
function countNames(root: unknown): number {
  let names = 0;
  const pending = [root];
  for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
    if (typeof value === 'object' && value !== null) {
      names += Array.isArray(value) ? 0 : Object.keys(value).length;
      pending.push(...(Object.values(value) as unknown[]));
    }
  }
  return names;
}
