export {
  startCluster,
  type Cluster,
  type ClusterOptions,
  type GatewayAddress,
  type MonitoredProcess,
} from './cluster.js';
export { DataDir, DataDirInUseError } from './data-dir.js';
export {
  type LogLine,
  ManagedProcess,
  type ManagedProcessOptions,
  type ProcessEvent,
} from './managed-process.js';
export { findProgram, type PrometheusOptions, startPrometheus, untilAnswers } from './prometheus.js';
export { entryOf } from './services.js';
export { AdminClient } from './admin-client.js';
export { BrowserUser, launchBrowser } from './browser-user.js';
export { type PlayStats, type UserOptions, type UserRecord } from './user-record.js';
export { sampleVideo, unmute, type VideoSample } from './video-sample.js';
export { placeApart } from './place-apart.js';
export { type Codes, makeNoise } from './tenants/noisy-tenant.js';
export { liveQuietly, quietLimits, type Service } from './tenants/quiet-tenant.js';
export { type Tenant, TenantClient } from './tenants/tenant-client.js';
export { findOwnAddress, mediaAddresses } from './own-address.js';
