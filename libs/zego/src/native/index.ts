export { describeErrorCode } from '@polyroom/sdk';
export { ZegoError } from '../shared/zego-error.js';
export { type ZegoEventHandler } from './event-handler.js';
export { ZegoExpressEngine } from './zego-express-engine.js';
export * from './zego-error-code.js';
export * from './zego-media-config.js';
export { nativeCalls } from './native-calls.js';
export * from './zego-types.js';
export * from './zego-user.js';
export * from './zego-message-types.js';
export * from './zego-data-types.js';
export {
  type ZegoRealTimeSequentialDataEvents,
  type ZegoRealTimeSequentialDataManager,
} from './sequential-data-manager.js';
export * from './zego-quality-types.js';
