export { type ClientErrorName as ErrorName } from '@polyroom/contracts/client';
export { Client } from './client.js';
export * from './client-types.js';
export { type EventArguments, Emitter } from './emitter.js';
export { capture } from './media/capture.js';
export * from './media/capture-source.js';
export { detectPlatform } from './platform/detect-platform.js';
export {
  type CaptureDevices,
  type HandlerFactory,
  type Network,
  type PageEvents,
  type Platform,
} from './platform/platform.js';
export { describeErrorCode, PolyroomError } from './polyroom-error.js';
export * from './quality/quality-types.js';
