export { ZegoExpressEngine } from './engine/zego-express-engine.js';
export { ZegoError, describeErrorCode } from './zego-error.js';
export * from './zego-types.js';
export * from './zego-user.js';
export * from './zego-message-types.js';
export * from './zego-data-types.js';
export {
  type ZegoRealTimeSequentialDataEvents,
  type ZegoRealTimeSequentialDataManager,
} from './data/sequential-data-manager.js';
export * from './quality/zego-quality-types.js';
