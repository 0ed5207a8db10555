import { type Network, type PageEvents, type Platform } from './platform.js';

/** The globals of this runtime, as they are now. No other module of the core reads them. */
export function detectPlatform(): Platform {
  const scope = globalThis as Partial<typeof globalThis>;
  const navigator = scope.navigator as (Partial<Navigator> & { connection?: Network }) | undefined;
  const isPage = scope.document !== undefined;
  return {
    WebSocket: scope.WebSocket,
    MediaStream: scope.MediaStream,
    handlerFactory: undefined,
    mediaDevices: navigator?.mediaDevices,
    isSecureContext: scope.isSecureContext,
    crypto: scope.crypto,
    page: typeof scope.addEventListener === 'function' ? (scope as unknown as PageEvents) : undefined,
    network: navigator?.connection,
    isHidden: () => scope.document?.visibilityState === 'hidden',
    fetch: isPage ? undefined : scope.fetch?.bind(globalThis),
  };
}
