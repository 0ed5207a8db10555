/** Nest injection tokens of values that are not classes. */
export const GATEWAY_CONFIG = Symbol('gatewayConfig');
