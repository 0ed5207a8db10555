export { loadConfig, ConfigError } from './load-config.js';
export { describeConfig } from './describe-config.js';
export {
  serviceFields,
  monitorFields,
  natsAddressRules,
  port,
  milliseconds,
  positiveCount,
  optionalText,
  textFor,
} from './fields.js';
export { readServiceSettings, type ServiceSettings } from './service-settings.js';
export { makePrivateDir } from './private-files.js';
export { createRedactor, withoutCredentials } from './redact.js';
export {
  AddressError,
  type AddressRules,
  parseServerAddresses,
  type ServerAddress,
} from './server-addresses.js';
