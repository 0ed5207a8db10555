import { type MediaSession } from '@polyroom/contracts/client';
import { type Device, type types } from 'mediasoup-client';
import { PolyroomError } from '../polyroom-error.js';

/** Devices by router capabilities. Nodes have the same capabilities, and loading a device is slow. */
export class Devices {
  private readonly devices = new Map<string, Promise<Device>>();

  constructor(private readonly handlerFactory: types.HandlerFactory | undefined) {}

  load(routerRtpCapabilities: MediaSession['routerRtpCapabilities']): Promise<Device> {
    const key = JSON.stringify(routerRtpCapabilities);
    const known = this.devices.get(key);
    if (known !== undefined) {
      return known;
    }
    const loading = this.create(routerRtpCapabilities);
    this.devices.set(key, loading);
    // The next stream tries again.
    loading.catch(() => this.devices.delete(key));
    return loading;
  }

  private async create(routerRtpCapabilities: MediaSession['routerRtpCapabilities']): Promise<Device> {
    const { handlerFactory } = this;
    let device: Device;
    try {
      const { Device } = await import('mediasoup-client');
      device = handlerFactory === undefined ? await Device.factory() : new Device({ handlerFactory });
    } catch (error) {
      throw PolyroomError.from(error, 'COMMON_SDK_NO_MODULE');
    }
    await device.load({ routerRtpCapabilities: routerRtpCapabilities as unknown as types.RtpCapabilities });
    return device;
  }
}
