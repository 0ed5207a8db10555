import { randomBytes } from 'node:crypto';

const idPattern = /^rc_([0-9A-Za-z-]+)_[0-9a-f]{32}$/;

/** A recording's ID names the gateway that follows it, so that any other one knows whom to ask. */
export function newRecordingId(gatewayId: string): string {
  return `rc_${gatewayId.replace(/^gw_/, '')}_${randomBytes(16).toString('hex')}`;
}

export function gatewayOf(recordingId: string): string | undefined {
  const name = idPattern.exec(recordingId)?.[1];
  return name === undefined ? undefined : `gw_${name}`;
}
