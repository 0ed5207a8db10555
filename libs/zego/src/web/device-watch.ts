import { detectPlatform, type Emitter } from '@polyroom/sdk';
import { type ZegoDeviceInfo, type ZegoWebEvents } from './web-types.js';

/** Emits the devices that are plugged in and unplugged. Without media devices it does nothing. */
export class DeviceWatch {
  private readonly mediaDevices = detectPlatform().mediaDevices;
  private known: MediaDeviceInfo[] | undefined;
  private readonly listener = (): void => void this.compare().catch(() => undefined);

  constructor(private readonly events: Emitter<ZegoWebEvents>) {
    this.mediaDevices?.addEventListener?.('devicechange', this.listener);
    void this.compare().catch(() => undefined);
  }

  /** Idempotent. */
  close(): void {
    this.mediaDevices?.removeEventListener?.('devicechange', this.listener);
  }

  private async compare(): Promise<void> {
    const present = await this.mediaDevices?.enumerateDevices?.();
    if (present === undefined) {
      return;
    }
    const former = this.known;
    this.known = present;
    if (former !== undefined) {
      without(former, present).forEach((device) => this.tell('DELETE', device));
      without(present, former).forEach((device) => this.tell('ADD', device));
    }
  }

  private tell(updateType: 'ADD' | 'DELETE', { deviceId, kind, label }: MediaDeviceInfo): void {
    const device: ZegoDeviceInfo = { deviceID: deviceId, deviceName: label };
    if (kind === 'videoinput') {
      this.events.emit('videoDeviceStateChanged', updateType, device);
    } else {
      const deviceType = kind === 'audioinput' ? 'Input' : 'Output';
      this.events.emit('audioDeviceStateChanged', updateType, deviceType, device);
    }
  }
}

function without(devices: MediaDeviceInfo[], others: MediaDeviceInfo[]): MediaDeviceInfo[] {
  return devices.filter(
    ({ deviceId, kind }) => !others.some((other) => other.deviceId === deviceId && other.kind === kind),
  );
}
