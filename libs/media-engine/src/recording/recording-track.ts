import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { type types } from 'mediasoup';
import { isRecordable, type RecordedTrack } from './recording-sdp.js';
import { returnPortPair, takePortPair } from './udp-ports.js';

/**
 * The reports of a worker go nowhere: they say when a packet came, so the clocks of a file would jump about with the
 * publisher's network. How the tracks lie to each other ffmpeg is told once, at the beginning.
 */
const discardPort = 9;

/** A publisher answers within a round trip; one whose connection is still coming up takes seconds. */
const keyFrameDeadlineMs = 10_000;
/** One request may be lost, and a browser ignores one that comes too soon after the last. */
const keyFrameIntervalMs = 1000;

/** Where a track began: its own clock, and that of the worker. */
export interface FirstPacket {
  rtpTimestamp: number;
  atMs: number;
}

/** One track on its way from a producer to a port of ffmpeg. */
export class RecordingTrack implements RecordedTrack {
  #closed = false;

  private constructor(
    readonly producer: types.Producer,
    readonly port: number,
    private readonly transport: types.PlainTransport,
    private readonly consumer: types.Consumer,
  ) {}

  /** Paused until somebody listens on the port. */
  static async open(
    router: types.Router,
    producer: types.Producer,
    portRange: { min: number; max: number },
  ): Promise<RecordingTrack> {
    const port = await takePortPair(portRange);
    let transport: types.PlainTransport | undefined;
    try {
      transport = await router.createPlainTransport({
        listenInfo: { protocol: 'udp', ip: '127.0.0.1', portRange },
        rtcpMux: false,
        comedia: false,
      });
      await transport.connect({ ip: '127.0.0.1', port, rtcpPort: discardPort });
      const consumer = await transport.consume({
        producerId: producer.id,
        rtpCapabilities: recorderCapabilities(router),
        paused: true,
      });
      return new RecordingTrack(producer, port, transport, consumer);
    } catch (error) {
      transport?.close();
      returnPortPair(port);
      throw error;
    }
  }

  get kind(): types.MediaKind {
    return this.producer.kind;
  }

  get codec(): types.RtpCodecParameters {
    return this.consumer.rtpParameters.codecs[0]!;
  }

  get ssrc(): number {
    return this.consumer.rtpParameters.encodings![0]!.ssrc!;
  }

  /** Lets the packets flow, or stops them. What is gone meanwhile has none. */
  async setFlowing(flowing: boolean): Promise<void> {
    try {
      await (flowing ? this.consumer.resume() : this.consumer.pause());
    } catch (error) {
      if (!this.consumer.closed) {
        throw error;
      }
    }
  }

  /** Lets a picture flow, from a key frame. Nothing: none came, or the track was closed first. */
  async beginPicture(): Promise<FirstPacket | undefined> {
    const first = this.#begin('keyframe');
    const deadlineMs = performance.now() + keyFrameDeadlineMs;
    while (!this.#closed && performance.now() < deadlineMs) {
      // The worker has asked for the first one by itself.
      const came = await Promise.race([first, sleep(keyFrameIntervalMs, undefined, { ref: false })]);
      if (came !== undefined) {
        return came;
      }
      await this.consumer.requestKeyFrame().catch(() => undefined);
    }
    return undefined;
  }

  /** Lets the sound flow. Nothing: the track was closed before any came. */
  beginSound(): Promise<FirstPacket | undefined> {
    return this.#begin('rtp');
  }

  /** Lets the packets flow, and waits for the first of a type. */
  async #begin(type: types.ConsumerTraceEventType): Promise<FirstPacket | undefined> {
    const closed = new AbortController();
    const close = () => closed.abort();
    this.consumer.observer.once('close', close);
    try {
      const first = once(this.consumer, 'trace', { signal: closed.signal });
      first.catch(() => undefined);
      await this.consumer.enableTraceEvent([type]);
      await this.consumer.resume();
      const [trace] = (await first) as [types.ConsumerTraceEventData];
      const { rtpPacket } = trace.info as { rtpPacket: { timestamp: number } };
      return { rtpTimestamp: rtpPacket.timestamp, atMs: trace.timestamp };
    } catch (error) {
      if (this.consumer.closed) {
        return undefined;
      }
      throw error;
    } finally {
      close();
      this.consumer.observer.off('close', close);
      // Nobody wants to hear of the others.
      this.consumer.enableTraceEvent([]).catch(() => undefined);
    }
  }

  /** Idempotent. */
  close(): void {
    if (!this.#closed) {
      this.#closed = true;
      this.transport.close();
      returnPortPair(this.port);
    }
  }
}

/** What ffmpeg takes: it asks for nothing again, so there is no retransmission and no feedback of bandwidth. */
function recorderCapabilities(router: types.Router): types.RtpCapabilities {
  const { codecs = [] } = router.rtpCapabilities;
  return {
    codecs: codecs
      .filter(({ mimeType }) => isRecordable(mimeType))
      .map((codec) => ({ ...codec, rtcpFeedback: [] })),
    headerExtensions: [],
  };
}
