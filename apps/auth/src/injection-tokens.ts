/** Injection token for the maximum validity of a token, in seconds. */
export const maxGrantSecondsToken = Symbol('maxGrantSeconds');
