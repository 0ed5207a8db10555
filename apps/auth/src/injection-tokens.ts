/** Under which Nest hands out how long a token may be valid, in seconds. */
export const maxGrantSecondsToken = Symbol('maxGrantSeconds');
