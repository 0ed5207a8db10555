import { type types } from 'mediasoup-client';

/** A WebRTC implementation: a handler of mediasoup-client. */
export type HandlerFactory = types.HandlerFactory;

/** The Network Information API beyond the standard types; desktop browsers do not report `type`. */
export type Network = EventTarget & { readonly type?: string };

/** Events of the page: `pagehide`, `online`, gestures and so on. */
export type PageEvents = Pick<EventTarget, 'addEventListener' | 'removeEventListener'>;

/**
 * What the client uses of its runtime. Browsers have all of it, Node.js the WebSocket (from version 22). An
 * application may replace parts, such as WebRTC on Node.js and React Native.
 */
export interface Platform {
  WebSocket: typeof WebSocket | undefined;
  /** Creates the empty stream that collects the tracks of a played stream. */
  MediaStream: typeof MediaStream | undefined;
  /** A handler of mediasoup-client; omitted: the one that fits the browser. */
  handlerFactory: HandlerFactory | undefined;
  mediaDevices: MediaDevices | undefined;
  /** Whether the page may capture; undefined where there are no pages. */
  isSecureContext: boolean | undefined;
  page: PageEvents | undefined;
  network: Network | undefined;
  /** Whether the page is in a background tab. */
  isHidden(): boolean;
  /** Explains why no socket opens at an address. Pages may not read other servers, so browsers have none. */
  fetch: typeof fetch | undefined;
}

/** The globals of this runtime, as they are now. */
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
    page: typeof scope.addEventListener === 'function' ? (scope as unknown as PageEvents) : undefined,
    network: navigator?.connection,
    isHidden: () => scope.document?.visibilityState === 'hidden',
    fetch: isPage ? undefined : scope.fetch?.bind(globalThis),
  };
}
