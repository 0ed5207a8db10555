/** Names under which Nest provides what is not a class. */
export const GATEWAY_CONFIG = Symbol('gatewayConfig');
