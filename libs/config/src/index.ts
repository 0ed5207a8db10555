export { loadConfig, ConfigError } from './load-config.js';
export { describeConfig } from './describe-config.js';
export { serviceFields, port, milliseconds, optionalText } from './fields.js';
