/** Injection tokens of the module. */
export const configToken = Symbol('media configuration');
