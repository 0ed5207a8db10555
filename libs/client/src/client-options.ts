import { assertKnown, illegalArgument } from './arguments.js';
import { type ClientOptions } from './client-types.js';
import { detectPlatform } from './platform/detect-platform.js';
import { type Platform } from './platform/platform.js';
import { optionNames } from './option-names.js';
import { PolyroomError } from './polyroom-error.js';
import { toSocketUrl } from './signal/gateway-url.js';

const maxAppId = 0xffffffff;

/** Validates the options of a client. */
export function assertOptions(options: ClientOptions): void {
  if (Object(options) !== options) {
    throw illegalArgument('options', 'expected an object with appId and server');
  }
  assertKnown(options, '', optionNames.client);
  if (options.appId === 0) {
    throw PolyroomError.of('ENGINE_APPID_ZERO');
  }
  if (!Number.isInteger(options.appId) || options.appId < 0 || options.appId > maxAppId) {
    throw illegalArgument('appId', `expected a whole number from 1 to ${maxAppId}`);
  }
  if (options.appSign) {
    if (options.appSign.length !== 64) {
      throw PolyroomError.of('ENGINE_APPSIGN_INVALID_LENGTH');
    }
    if (!/^[0-9a-fA-F]+$/.test(options.appSign)) {
      throw PolyroomError.of('ENGINE_APPSIGN_INVALID_CHARACTER');
    }
  }
  socketUrlsOf(options);
  const { handlerFactory, mediaRetryTimeSeconds, roomMode, roomRetryTimeSeconds, tokenProvider } = options;
  if (roomMode !== undefined && roomMode !== 'single' && roomMode !== 'multi') {
    throw illegalArgument('roomMode', "expected 'single' or 'multi'");
  }
  if (roomRetryTimeSeconds !== undefined && !(Number(roomRetryTimeSeconds) >= 0)) {
    throw illegalArgument('roomRetryTimeSeconds', 'expected a number of seconds');
  }
  if (mediaRetryTimeSeconds !== undefined && !(Number(mediaRetryTimeSeconds) >= 0)) {
    throw illegalArgument('mediaRetryTimeSeconds', 'expected a number of seconds');
  }
  if (tokenProvider !== undefined && typeof tokenProvider !== 'function') {
    throw illegalArgument('tokenProvider', 'expected a function');
  }
  if (handlerFactory !== undefined && Object(handlerFactory) !== handlerFactory) {
    throw illegalArgument('handlerFactory', 'expected a handler factory of mediasoup-client');
  }
}

/** WebSocket URLs of the gateways in the options. Throws if they name none. */
export function socketUrlsOf({ server }: ClientOptions): string[] {
  const servers = (Array.isArray(server) ? server : [server]).filter(Boolean);
  if (servers.length === 0) {
    throw illegalArgument('server', 'missing: name a gateway, such as https://gateway.example.com');
  }
  return servers.map((address, index) =>
    toSocketUrl(address, servers.length === 1 ? 'server' : `server[${index}]`),
  );
}

/** The parts that the options replace, and the globals of this runtime. */
export function platformOf({ handlerFactory, platform }: ClientOptions): Platform {
  return { ...detectPlatform(), ...(handlerFactory === undefined ? {} : { handlerFactory }), ...platform };
}

/** Node.js has a built-in WebSocket since version 22. */
export function assertRuntime(platform: Pick<Platform, 'WebSocket'>): void {
  if (typeof platform.WebSocket !== 'function') {
    throw PolyroomError.of(
      'COMMON_SDK_NO_MODULE',
      { feature: 'WebSocket' },
      'This runtime has no WebSocket. Use Node.js 22 or later, or set globalThis.WebSocket to the class of ws.',
    );
  }
}
