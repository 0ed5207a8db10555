export { AddressRange, normalizeAddress, toClientNetwork } from './address-range.js';
export { clientAddressOf, findClientAddress } from './client-address.js';
export { TrustedProxies } from './trusted-proxies.js';
