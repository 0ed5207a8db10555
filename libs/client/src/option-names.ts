import {
  type ClientOptions,
  type JoinOptions,
  type MoveOptions,
  type PublishOptions,
  type SendBytesOptions,
  type SubscribeOptions,
} from './client-types.js';

const ofRoom: (keyof MoveOptions)[] = ['token', 'maxMembers', 'memberEvents', 'listenOnly'];
const ofClient: (keyof ClientOptions)[] = [
  ...(['appId', 'appSign', 'server', 'roomMode', 'tokenProvider', 'roomRetryTimeSeconds'] as const),
  ...(['mediaRetryTimeSeconds', 'handlerFactory', 'platform'] as const),
];
const ofJoin: (keyof JoinOptions)[] = ['user', 'signal', ...ofRoom];
const ofPublish: (keyof PublishOptions)[] = [
  ...(['roomId', 'media', 'channel', 'muted', 'extraInfo', 'maxBitrates', 'signal'] as const),
];
const ofSubscribe: (keyof SubscribeOptions)[] = ['roomId', 'element', 'signal'];
const ofSendBytes: (keyof SendBytesOptions)[] = ['to', 'target', 'timeoutMs'];

/** The options of the calls. Others are refused. */
export const optionNames = {
  client: ofClient,
  join: ofJoin,
  move: ofRoom,
  publish: ofPublish,
  subscribe: ofSubscribe,
  sendBytes: ofSendBytes,
};
