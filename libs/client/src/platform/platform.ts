import { type types } from 'mediasoup-client';

/** A WebRTC implementation: a handler of mediasoup-client. */
export type HandlerFactory = types.HandlerFactory;

/** The Network Information API beyond the standard types; desktop browsers do not report `type`. */
export type Network = EventTarget & { readonly type?: string };

/** Events of the page: `pagehide`, `online`, gestures and so on. */
export type PageEvents = Pick<EventTarget, 'addEventListener' | 'removeEventListener'>;

/** Cameras, microphones and screens. Mobile browsers and React Native may lack screens. */
export type CaptureDevices = Pick<MediaDevices, 'enumerateDevices' | 'getUserMedia'> &
  Partial<Pick<MediaDevices, 'getDisplayMedia' | 'addEventListener' | 'removeEventListener'>>;

/**
 * What the client uses of its runtime beyond ECMAScript, timers and `performance.now`. Browsers have all of it,
 * Node.js the WebSocket (from version 22). An application may replace parts: `@polyroom/sdk/node` and
 * `@polyroom/sdk/react-native` supply WebRTC.
 */
export interface Platform {
  WebSocket: typeof WebSocket | undefined;
  /** Creates the empty stream that collects the tracks of a played stream. */
  MediaStream: typeof MediaStream | undefined;
  /** A handler of mediasoup-client; omitted: the one that fits the browser. */
  handlerFactory: HandlerFactory | undefined;
  mediaDevices: CaptureDevices | undefined;
  /** Whether the page may capture; undefined where there are no pages. */
  isSecureContext: boolean | undefined;
  /** Makes message IDs unpredictable; `Math.random` replaces it. */
  crypto: Pick<Crypto, 'getRandomValues'> | undefined;
  page: PageEvents | undefined;
  network: Network | undefined;
  /** Whether the page is in a background tab. */
  isHidden(): boolean;
  /** Explains why no socket opens at an address. Pages may not read other servers, so browsers have none. */
  fetch: typeof fetch | undefined;
}
