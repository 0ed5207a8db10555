import { createSocket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { createConnection, isIP, type Socket } from 'node:net';
import { connect } from 'node:tls';
import { messageLengthOf, parseMessage, type StunMessage, type StunRequest } from './stun.js';

export interface StunServer {
  host: string;
  port: number;
  transport: 'udp' | 'tcp' | 'tls';
}

/** Packets may be lost: requests over UDP are repeated. */
const resendMs = 250;

/** A connection to a STUN or TURN server, for one request at a time. */
export class StunWire {
  private receive: ((message: StunMessage) => void) | undefined;
  private fail: ((error: Error) => void) | undefined;
  /** Of requests after the connection has failed. */
  private failure: Error | undefined;
  private isOpen = true;

  private constructor(
    private readonly send: (bytes: Buffer) => void,
    private readonly end: () => void,
    private readonly isReliable: boolean,
  ) {}

  /** Rejects with the reason, also when `signal` aborts. */
  static async open({ host, port, transport }: StunServer, signal: AbortSignal): Promise<StunWire> {
    if (transport === 'udp') {
      const { address, family } = await lookup(host);
      return StunWire.overUdp(address, port, family === 6 ? 'udp6' : 'udp4', signal);
    }
    const socket =
      transport === 'tcp'
        ? createConnection({ host, port })
        : connect({ host, port, ...(isIP(host) === 0 ? { servername: host } : {}) });
    return StunWire.overStream(socket, transport === 'tcp' ? 'connect' : 'secureConnect', signal);
  }

  /** Sends a request and returns its answer. Rejects with the reason. */
  request({ bytes, transactionId }: StunRequest, signal: AbortSignal): Promise<StunMessage> {
    return new Promise<StunMessage>((resolve, reject) => {
      if (this.failure !== undefined) {
        reject(this.failure);
        return;
      }
      const resend = this.isReliable ? undefined : setInterval(() => this.send(bytes), resendMs);
      const settle = (): void => {
        clearInterval(resend);
        signal.removeEventListener('abort', abort);
        this.receive = this.fail = undefined;
      };
      const abort = (): void => {
        settle();
        reject(new Error('no answer'));
      };
      this.receive = (message) => {
        if (message.transactionId.equals(transactionId)) {
          settle();
          resolve(message);
        }
      };
      this.fail = (error) => {
        settle();
        reject(error);
      };
      signal.addEventListener('abort', abort);
      this.send(bytes);
    });
  }

  /** Sends a last request, whose answer does not matter, and closes the connection. */
  close(last?: StunRequest): void {
    if (last !== undefined && this.isOpen) {
      this.send(last.bytes);
    }
    this.endOnce();
  }

  private static overUdp(
    address: string,
    port: number,
    type: 'udp4' | 'udp6',
    signal: AbortSignal,
  ): Promise<StunWire> {
    return new Promise((resolve, reject) => {
      const socket = createSocket(type);
      const wire = new StunWire(
        (bytes) => socket.send(bytes),
        () => socket.close(),
        false,
      );
      const give = (error: Error): void => {
        reject(error);
        wire.lose(error);
      };
      socket.on('error', give);
      socket.on('message', (bytes) => wire.take(bytes));
      signal.addEventListener('abort', () => give(new Error('no answer')));
      // A connected socket learns that a port is closed.
      socket.connect(port, address, () => resolve(wire));
    });
  }

  private static overStream(
    socket: Socket,
    opened: 'connect' | 'secureConnect',
    signal: AbortSignal,
  ): Promise<StunWire> {
    return new Promise((resolve, reject) => {
      let received = Buffer.alloc(0);
      const wire = new StunWire(
        (bytes) => socket.write(bytes),
        () => socket.destroySoon(),
        true,
      );
      const give = (error: Error): void => {
        reject(error);
        wire.lose(error);
      };
      socket.on('error', give);
      socket.on('close', () => give(new Error('the connection was closed')));
      socket.on('data', (chunk) => {
        received = Buffer.concat([received, chunk]);
        for (let length = messageLengthOf(received); length !== undefined && received.length >= length;) {
          wire.take(received.subarray(0, length));
          received = received.subarray(length);
          length = messageLengthOf(received);
        }
      });
      signal.addEventListener('abort', () => give(new Error('no answer')));
      socket.once(opened, () => resolve(wire));
    });
  }

  private take(bytes: Uint8Array): void {
    const message = parseMessage(bytes);
    if (message !== undefined) {
      this.receive?.(message);
    }
  }

  private lose(error: Error): void {
    this.failure ??= error;
    this.fail?.(error);
    this.endOnce();
  }

  private endOnce(): void {
    if (this.isOpen) {
      this.isOpen = false;
      this.end();
    }
  }
}
