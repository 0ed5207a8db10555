import { none } from './client-view.js';

/** The devices of this machine. Browsers name them once the page has captured one of their kind. */
class Devices {
  private readonly listeners = new Set<() => void>();
  private list: readonly MediaDeviceInfo[] = none;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    if (this.listeners.size === 1) {
      mediaDevices()?.addEventListener('devicechange', this.refresh);
      this.refresh();
    }
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size === 0) {
        mediaDevices()?.removeEventListener('devicechange', this.refresh);
      }
    };
  };

  readonly read = (): readonly MediaDeviceInfo[] => this.list;

  readonly refresh = (): void => {
    void mediaDevices()
      ?.enumerateDevices()
      .then((list) => {
        this.list = list;
        [...this.listeners].forEach((listener) => listener());
      })
      // A page without permission has no devices.
      .catch(() => undefined);
  };
}

/** Absent on pages that are served neither over https nor from localhost. */
function mediaDevices(): MediaDevices | undefined {
  return navigator.mediaDevices as MediaDevices | undefined;
}

export const devices = new Devices();
