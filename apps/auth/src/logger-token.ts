/** Under which Nest hands out the process's logger. */
export const loggerToken = Symbol('logger');
