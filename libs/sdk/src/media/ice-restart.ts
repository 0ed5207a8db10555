import { type TransportDirection } from '@polyroom/contracts';
import { type types } from 'mediasoup-client';
import { ZegoError } from '../zego-error.js';
import { type SignalCall } from './signal-call.js';

const attempts = 3;
const intervalMs = 3000;

export interface IceRestartOptions {
  direction: TransportDirection;
  transport: types.Transport;
  call: SignalCall;
  /** Nobody needs the transport any more. */
  isOver(): boolean;
  /** It could not be brought back: media needs a new session. */
  onFailed(): void;
}

/** New candidates for a transport whose network has changed, before a new session is needed. */
export class IceRestart {
  private running = false;
  /** To be done whatever the transport says of itself: its candidates lead nowhere. */
  private due = false;
  private wake: (() => void) | undefined;

  constructor(private readonly options: IceRestartOptions) {}

  /** The device has another network. Where the servers cannot be told now, they are as soon as they can. */
  handleNetworkChanged(): void {
    if (this.options.transport.connectionState !== 'new') {
      this.due = true;
      this.wake?.();
      this.start();
    }
  }

  /** The servers can be told again. */
  handleSignalBack(): void {
    if (this.due) {
      this.start();
    }
  }

  /** Until it is connected, or for as long as it is worth trying. */
  start(): void {
    if (!this.running) {
      this.running = true;
      void this.run().finally(() => {
        this.running = false;
      });
    }
  }

  private get isDown(): boolean {
    const { isOver, transport } = this.options;
    return !isOver() && !transport.closed && transport.connectionState !== 'connected';
  }

  private async run(): Promise<void> {
    const { direction, isOver, onFailed, transport } = this.options;
    try {
      for (let attempt = 1; this.due || (this.isDown && attempt <= attempts); attempt++) {
        if (isOver() || transport.closed) {
          return;
        }
        const { iceParameters } = await this.options.call('transport.restartIce', {
          direction,
          transportId: transport.id,
        });
        this.due = false;
        await transport.restartIce({ iceParameters: iceParameters as unknown as types.IceParameters });
        await this.pause();
      }
    } catch (error) {
      if (
        this.due &&
        ZegoError.from(error, 'PROTOCOL_SOCKET_CLOSED').errorName === 'PROTOCOL_SOCKET_CLOSED'
      ) {
        // The socket went with the network: what it left undone waits until the session has another one.
        return;
      }
      // Whether the socket hangs or the transport is gone: what follows is the same.
    }
    if (this.isDown) {
      onFailed();
    }
  }

  private pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, intervalMs);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
