import { Chrome111 } from 'mediasoup-client/handlers/Chrome111';
import { withClasses } from './platform/handler-classes.js';
import { type Platform } from './platform/platform.js';
import { PolyroomError } from './polyroom-error.js';

/** What the client uses of a WebRTC package; `@roamhq/wrtc` has it. */
export interface NodeWebRtc {
  RTCPeerConnection: unknown;
  MediaStream: unknown;
}

/** The parts of the runtime that Node.js needs for media: pass them as `platform` to the client. */
export function nodePlatform(webRtc: NodeWebRtc): Pick<Platform, 'handlerFactory' | 'MediaStream'> {
  const { MediaStream, RTCPeerConnection } = Object(webRtc) as Partial<NodeWebRtc>;
  if (typeof RTCPeerConnection !== 'function' || typeof MediaStream !== 'function') {
    throw PolyroomError.of(
      'COMMON_ILLEGAL_PARAM',
      { path: 'webRtc', problem: 'no RTCPeerConnection and MediaStream' },
      'webRtc: expected the module of a WebRTC package, such as @roamhq/wrtc.',
    );
  }
  return {
    handlerFactory: withClasses(Chrome111.createFactory({}), { RTCPeerConnection, MediaStream }),
    MediaStream: MediaStream as Platform['MediaStream'],
  };
}
