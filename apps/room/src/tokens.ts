/** Names under which values without a class of their own are injected. */
export const configToken = Symbol('room configuration');
