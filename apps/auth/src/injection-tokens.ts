/** Injection token for the maximum validity of a token, in seconds. */
export const maxGrantSecondsToken = Symbol('maxGrantSeconds');
/** Injection token for the age up to which rules are used while the database is unavailable, in milliseconds. */
export const outageMsToken = Symbol('outageMs');
