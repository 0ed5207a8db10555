import { ReactNative106 } from 'mediasoup-client/handlers/ReactNative106';
import { AppPage, type ReactNativeAppState, type ReactNativeNetInfo } from './platform/app-page.js';
import { withClasses } from './platform/handler-classes.js';
import { type Platform } from './platform/platform.js';
import { PolyroomError } from './polyroom-error.js';

export { type ReactNativeAppState, type ReactNativeNetInfo };

/** What the client uses of `react-native-webrtc`. */
export interface ReactNativeWebRtc {
  RTCPeerConnection: unknown;
  MediaStream: unknown;
  mediaDevices: {
    getUserMedia(constraints: never): Promise<unknown>;
    getDisplayMedia(constraints: never): Promise<unknown>;
    enumerateDevices(): Promise<unknown>;
  };
}

export interface ReactNativeModules {
  webRtc: ReactNativeWebRtc;
  /** Checks the connection when the app comes to the foreground. */
  appState?: ReactNativeAppState;
  /** Reconnects at once when the device has another network. */
  netInfo?: ReactNativeNetInfo;
}

/** The parts of the runtime that React Native needs: pass them as `platform` to the client. */
export function reactNativePlatform(
  modules: ReactNativeModules,
): Pick<Platform, 'handlerFactory' | 'isHidden' | 'mediaDevices' | 'MediaStream' | 'page'> {
  const { appState, netInfo, webRtc } = Object(modules) as Partial<ReactNativeModules>;
  const { MediaStream, RTCPeerConnection, mediaDevices } = Object(webRtc) as Partial<ReactNativeWebRtc>;
  if (typeof RTCPeerConnection !== 'function' || typeof MediaStream !== 'function') {
    throw PolyroomError.of(
      'COMMON_ILLEGAL_PARAM',
      { path: 'webRtc', problem: 'no RTCPeerConnection and MediaStream' },
      'webRtc: expected the module react-native-webrtc.',
    );
  }
  return {
    handlerFactory: withClasses(ReactNative106.createFactory({}), { RTCPeerConnection, MediaStream }),
    MediaStream: MediaStream as Platform['MediaStream'],
    mediaDevices: mediaDevices as unknown as Platform['mediaDevices'],
    page: new AppPage(appState, netInfo),
    isHidden: () => appState !== undefined && appState.currentState !== 'active',
  };
}
