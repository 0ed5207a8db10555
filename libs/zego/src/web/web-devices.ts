import { detectPlatform, PolyroomError } from '@polyroom/sdk';
import { type ZegoCapabilityDetection, type ZegoDeviceInfo, type ZegoDeviceInfos } from './web-types.js';

/** The devices of a kind. Names are empty before the user has granted access. */
export async function listDevices(kind: MediaDeviceKind): Promise<ZegoDeviceInfo[]> {
  const { isSecureContext, mediaDevices } = detectPlatform();
  if (mediaDevices === undefined) {
    throw isSecureContext === false
      ? PolyroomError.of('CAPTURE_HTTPS_REQUIRED')
      : PolyroomError.of('CAPTURE_NOT_SUPPORTED', { feature: 'navigator.mediaDevices' });
  }
  const devices = await mediaDevices.enumerateDevices();
  return devices
    .filter((device) => device.kind === kind)
    .map(({ deviceId, label }) => ({ deviceID: deviceId, deviceName: label }));
}

export async function listAllDevices(): Promise<ZegoDeviceInfos> {
  const [cameras, microphones, speakers] = await Promise.all([
    listDevices('videoinput'),
    listDevices('audioinput'),
    listDevices('audiooutput'),
  ]);
  return { cameras, microphones, speakers };
}

/** What this browser can do. Never rejects. */
export async function detectCapabilities(): Promise<ZegoCapabilityDetection> {
  const { mediaDevices } = detectPlatform();
  const errInfo: ZegoCapabilityDetection['errInfo'] = {};
  const has = async (kind: MediaDeviceKind, name: string): Promise<boolean> => {
    try {
      return (await listDevices(kind)).length > 0;
    } catch (error) {
      const { message, errorName } = PolyroomError.from(error, 'CAPTURE_NOT_SUPPORTED');
      errInfo[name] = { name: errorName, message };
      return false;
    }
  };
  const webRTC = typeof globalThis.RTCPeerConnection === 'function';
  if (!webRTC) {
    errInfo['webRTC'] = { name: 'NotSupportedError', message: 'This browser has no WebRTC.' };
  }
  const codecs = webRTC ? (RTCRtpSender.getCapabilities?.('video')?.codecs ?? []) : [];
  const canSend = (name: string): boolean =>
    codecs.some(({ mimeType }) => mimeType.toLowerCase() === `video/${name}`);
  const camera = await has('videoinput', 'camera');
  const microphone = await has('audioinput', 'microphone');
  return {
    webRTC,
    customCapture: typeof globalThis.MediaStream === 'function',
    camera,
    microphone,
    screenSharing: typeof mediaDevices?.getDisplayMedia === 'function',
    videoCodec: { H264: canSend('h264'), H265: canSend('h265'), VP8: canSend('vp8'), VP9: canSend('vp9') },
    errInfo,
    result: webRTC,
  };
}
