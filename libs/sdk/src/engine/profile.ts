import { ZegoError } from '../zego-error.js';
import { type ZegoEngineProfile } from '../zego-types.js';

const maxAppID = 0xffffffff;

/** Checks what an engine is made of, with ZEGO's codes. */
export function assertProfile(profile: ZegoEngineProfile): void {
  if (profile.appID === 0) {
    throw ZegoError.of('ENGINE_APPID_ZERO');
  }
  if (!Number.isInteger(profile.appID) || profile.appID < 0 || profile.appID > maxAppID) {
    throw ZegoError.of('COMMON_ILLEGAL_PARAM', { path: 'appID' });
  }
  if (profile.appSign) {
    if (profile.appSign.length !== 64) {
      throw ZegoError.of('ENGINE_APPSIGN_INVALID_LENGTH');
    }
    if (!/^[0-9a-fA-F]+$/.test(profile.appSign)) {
      throw ZegoError.of('ENGINE_APPSIGN_INVALID_CHARACTER');
    }
  }
  if (serversOf(profile).length === 0) {
    throw ZegoError.of('COMMON_ILLEGAL_PARAM', { path: 'server' });
  }
}

export function serversOf(profile: ZegoEngineProfile): string[] {
  return (Array.isArray(profile.server) ? profile.server : [profile.server]).filter(Boolean);
}
