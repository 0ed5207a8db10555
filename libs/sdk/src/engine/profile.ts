import { illegalArgument } from '../arguments.js';
import { toSocketUrl } from '../signal/gateway-url.js';
import { ZegoError } from '../zego-error.js';
import { type ZegoEngineProfile } from '../zego-types.js';

const maxAppID = 0xffffffff;

/** Validates an engine profile, with ZEGO's error codes. */
export function assertProfile(profile: ZegoEngineProfile): void {
  if (Object(profile) !== profile) {
    throw illegalArgument('profile', 'expected an object with appID and server');
  }
  if (profile.appID === 0) {
    throw ZegoError.of('ENGINE_APPID_ZERO');
  }
  if (!Number.isInteger(profile.appID) || profile.appID < 0 || profile.appID > maxAppID) {
    throw illegalArgument('appID', `expected a whole number from 1 to ${maxAppID}`);
  }
  if (profile.appSign) {
    if (profile.appSign.length !== 64) {
      throw ZegoError.of('ENGINE_APPSIGN_INVALID_LENGTH');
    }
    if (!/^[0-9a-fA-F]+$/.test(profile.appSign)) {
      throw ZegoError.of('ENGINE_APPSIGN_INVALID_CHARACTER');
    }
  }
  socketUrlsOf(profile);
  const { handlerFactory, roomRetryTimeSeconds } = profile;
  if (roomRetryTimeSeconds !== undefined && !(Number(roomRetryTimeSeconds) >= 0)) {
    throw illegalArgument('roomRetryTimeSeconds', 'expected a number of seconds');
  }
  if (handlerFactory !== undefined && Object(handlerFactory) !== handlerFactory) {
    throw illegalArgument('handlerFactory', 'expected a handler factory of mediasoup-client');
  }
}

/** WebSocket URLs of the gateways in a profile. Throws if the profile names none. */
export function socketUrlsOf({ server }: ZegoEngineProfile): string[] {
  const servers = (Array.isArray(server) ? server : [server]).filter(Boolean);
  if (servers.length === 0) {
    throw illegalArgument('server', 'missing: name a gateway, such as https://gateway.example.com');
  }
  return servers.map((address, index) =>
    toSocketUrl(address, servers.length === 1 ? 'server' : `server[${index}]`),
  );
}

/** Node.js has a built-in WebSocket since version 22. */
export function assertRuntime(): void {
  if (typeof globalThis.WebSocket !== 'function') {
    throw ZegoError.of(
      'COMMON_SDK_NO_MODULE',
      { feature: 'WebSocket' },
      'This runtime has no WebSocket. Use Node.js 22 or later, or set globalThis.WebSocket before the engine is ' +
        'created, to the class of the package ws for example.',
    );
  }
}
