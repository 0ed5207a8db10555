import { type TransportDirection } from '@polyroom/contracts/client';
import { type types } from 'mediasoup-client';
import { PolyroomError } from '../polyroom-error.js';
import { type SignalCall } from './signal-call.js';

const attempts = 3;
const intervalMs = 3000;

export interface IceRestartOptions {
  direction: TransportDirection;
  transport: types.Transport;
  call: SignalCall;
  /** Whether the transport is no longer used. */
  isOver(): boolean;
  /** Called when the restart failed: media needs new transports. */
  onFailed(): void;
}

/** Restarts ICE after a network change, before the session needs new transports. */
export class IceRestart {
  private running = false;
  /** Restart regardless of the transport's state, because its candidates are stale. */
  private due = false;
  private wake: (() => void) | undefined;

  constructor(private readonly options: IceRestartOptions) {}

  /** The device switched networks. If the servers are unreachable, the restart waits for them. */
  handleNetworkChanged(): void {
    if (this.options.transport.connectionState !== 'new') {
      this.due = true;
      this.wake?.();
      this.start();
    }
  }

  /** The signalling connection is back. */
  handleSignalBack(): void {
    if (this.due) {
      this.start();
    }
  }

  /** Retries until the transport is connected or the deadline passes. */
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
        PolyroomError.from(error, 'PROTOCOL_SOCKET_CLOSED').errorName === 'PROTOCOL_SOCKET_CLOSED'
      ) {
        // The socket was lost with the network: the restart waits for the next socket.
        return;
      }
      // A timeout and a closed transport are handled alike.
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
