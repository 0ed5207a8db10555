import { ZegoError } from '../zego-error.js';

/** Camera and microphone. Browsers give them to pages from https or localhost only. Throws 1000010 without. */
export function getMediaDevices(): MediaDevices {
  const devices = (globalThis.navigator as Partial<Navigator> | undefined)?.mediaDevices;
  if (devices === undefined) {
    throw ZegoError.of(
      'COMMON_SDK_NO_MODULE',
      { feature: 'navigator.mediaDevices' },
      globalThis.isSecureContext === false
        ? 'Camera and microphone are available only on pages that are loaded over https or from localhost.'
        : 'This runtime has no camera and microphone (navigator.mediaDevices).',
    );
  }
  return devices;
}
