export { loadConfig, ConfigError, type Environment, environmentWith } from './load-config.js';
export { describeConfig } from './describe-config.js';
export {
  serviceFields,
  monitorFields,
  port,
  milliseconds,
  positiveCount,
  region,
  optionalText,
  originList,
  textFor,
  usageInterval,
} from './fields.js';
export { readServiceSettings, type ServiceSettings } from './service-settings.js';
export { isCertificateRefused, readTlsFiles, type TlsFiles } from './tls-files.js';
export { makePrivateDir } from './private-files.js';
export { parseNatsAddresses } from './nats-addresses.js';
export { createRedactor, withoutCredentials } from './redact.js';
export {
  AddressError,
  type AddressRules,
  parseServerAddresses,
  type ServerAddress,
} from './server-addresses.js';
