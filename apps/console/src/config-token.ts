export const configToken = Symbol('console config');
