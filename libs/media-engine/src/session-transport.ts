import {
  type ParsedRequestOf,
  type MediaSession,
  type mediaRpc,
  type TransportDirection,
} from '@polyroom/contracts';
import { type types } from 'mediasoup';
import { sessionDataOptions } from './data-transport.js';
import { callWorker } from './call-worker.js';
import { checkDtlsParameters } from './dtls-parameters.js';
import { parametersInvalid, withClientInput } from './media-errors.js';
import { type MediaWorker } from './media-worker.js';

type DtlsParameters = ParsedRequestOf<typeof mediaRpc.connectTransport>['dtlsParameters'];

/** Initial bandwidth estimate: mediasoup's default of 600 kbps blurs the first seconds of a camera. */
const initialOutgoingBitrateBps = 1_000_000;

/** Long enough for ICE and DTLS on a slow network. */
const handshakeTimeoutMs = 15_000;

/** One of the two WebRTC transports of a session. */
export class SessionTransport {
  #handshakes = 0;
  #handshakeTimer: NodeJS.Timeout | undefined;
  #connection: { key: string; done: Promise<void> } | undefined;

  private constructor(
    readonly direction: TransportDirection,
    readonly transport: types.WebRtcTransport,
    private readonly onLost: () => void,
  ) {
    transport.on('dtlsstatechange', (state) => {
      if (state === 'connected') {
        this.#handshakes += 1;
        clearTimeout(this.#handshakeTimer);
      } else if (state === 'closed' || state === 'failed') {
        this.onLost();
      }
    });
    transport.on('icestatechange', (state) => {
      if (state === 'disconnected') {
        this.onLost();
      }
    });
  }

  /**
   * @param maxDataMessageBytes omitted: the transport carries no data.
   * @param onLost is called when the client disconnects; it may reconnect with new ICE credentials.
   */
  static async create(
    direction: TransportDirection,
    worker: MediaWorker,
    router: types.Router,
    maxDataMessageBytes: number | undefined,
    onLost: () => void,
  ): Promise<SessionTransport> {
    const transport = await callWorker('router.createWebRtcTransport', () =>
      router.createWebRtcTransport({
        webRtcServer: worker.webRtcServer,
        enableUdp: true,
        enableTcp: true,
        preferUdp: true,
        initialAvailableOutgoingBitrate: initialOutgoingBitrateBps,
        ...(maxDataMessageBytes === undefined ? {} : sessionDataOptions(maxDataMessageBytes)),
      }),
    );
    return new SessionTransport(direction, transport, onLost);
  }

  get id(): string {
    return this.transport.id;
  }

  get parameters(): MediaSession['send'] {
    const { id, iceParameters, iceCandidates, dtlsParameters, sctpParameters } = this.transport;
    return {
      id,
      iceParameters: { ...iceParameters },
      iceCandidates: iceCandidates.map((candidate) => ({ ...candidate })),
      dtlsParameters: {
        ...dtlsParameters,
        fingerprints: dtlsParameters.fingerprints.map((fingerprint) => ({ ...fingerprint })),
      },
      ...(sctpParameters === undefined ? {} : { sctpParameters: { ...sctpParameters } }),
    };
  }

  /**
   * Sets the client's DTLS parameters. The same parameters again are accepted, because a caller without a
   * reply retries; different ones are refused, because a transport has one peer in its lifetime.
   */
  connect(given: DtlsParameters): Promise<void> {
    const dtlsParameters = checkDtlsParameters(given);
    const key = JSON.stringify(dtlsParameters);
    if (this.#connection !== undefined) {
      if (this.#connection.key !== key) {
        throw parametersInvalid('the transport is connected with other parameters');
      }
      return this.#connection.done;
    }
    const done = withClientInput('transport.connect', () => this.transport.connect({ dtlsParameters }));
    const connection = { key, done };
    this.#connection = connection;
    connection.done.then(
      () => this.#expectHandshake(),
      () => {
        this.#connection = undefined;
      },
    );
    return connection.done;
  }

  async restartIce(): Promise<MediaSession['send']['iceParameters']> {
    return { ...(await withClientInput('transport.restartIce', () => this.transport.restartIce())) };
  }

  dump() {
    return {
      direction: this.direction,
      iceState: this.transport.iceState,
      dtlsState: this.transport.dtlsState,
      handshakes: this.#handshakes,
    };
  }

  /** A client that never completes DTLS counts as disconnected. */
  #expectHandshake(): void {
    if (this.#handshakes === 0 && !this.transport.closed) {
      this.#handshakeTimer = setTimeout(this.onLost, handshakeTimeoutMs);
    }
  }

  close(): void {
    clearTimeout(this.#handshakeTimer);
    this.transport.close();
  }
}
