export { describeErrorCode } from '@polyroom/sdk';
export { ZegoError } from '../shared/zego-error.js';
export { type ZegoStreamView, type ZegoStreamViewOptions } from './stream-view.js';
export { type WebCall, webCalls } from './web-calls.js';
export * from './web-types.js';
export { version, ZegoExpressEngine } from './zego-express-engine.js';
export { ZegoUser } from '../native/zego-user.js';
export * from '../native/zego-message-types.js';
