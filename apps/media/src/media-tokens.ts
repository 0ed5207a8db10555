/** What the module is made with, for Nest's injection. */
export const configToken = Symbol('media configuration');
