export { ZegoExpressEngine } from './engine/zego-express-engine.js';
export { ZegoError, describeErrorCode } from './zego-error.js';
export * from './zego-types.js';
export * from './zego-message-types.js';
export * from './quality/zego-quality-types.js';
