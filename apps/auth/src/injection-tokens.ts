/** Under which Nest hands out the process's logger. */
export const loggerToken = Symbol('logger');
/** Under which Nest hands out how long a token may be valid, in seconds. */
export const maxGrantSecondsToken = Symbol('maxGrantSeconds');
