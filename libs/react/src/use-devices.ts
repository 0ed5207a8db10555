import { useMemo, useSyncExternalStore } from 'react';
import { none } from './client-view.js';
import { devices } from './devices.js';

/** The devices of a kind, as they come and go. */
export function useDevices(kind: MediaDeviceKind): readonly MediaDeviceInfo[] {
  const list = useSyncExternalStore(devices.subscribe, devices.read, () => none);
  // Before the first permission, browsers list one device without an ID for each kind.
  return useMemo(() => list.filter((device) => device.kind === kind && device.deviceId !== ''), [list, kind]);
}
