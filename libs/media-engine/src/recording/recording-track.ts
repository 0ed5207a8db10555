import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { type types } from 'mediasoup';
import { isRecordable, type RecordedTrack } from './recording-sdp.js';
import { returnPortPair, takePortPair } from './udp-ports.js';

/**
 * The worker's sender reports are discarded: they carry arrival times, so a file's clocks would jump with the
 * publisher's network. ffmpeg receives the clock offsets once, at the beginning.
 */
const discardPort = 9;

/** A publisher answers within a round trip; one that is still connecting takes seconds. */
const keyFrameDeadlineMs = 10_000;
/** A request may be lost, and a browser ignores one that follows the last too soon. */
const keyFrameIntervalMs = 1000;

/** First packet of a track: its RTP clock and the worker's clock. */
export interface FirstPacket {
  rtpTimestamp: number;
  atMs: number;
}

/** One track piped from a producer to a port of ffmpeg. */
export class RecordingTrack implements RecordedTrack {
  #closed = false;

  private constructor(
    readonly producer: types.Producer,
    readonly port: number,
    private readonly transport: types.PlainTransport,
    private readonly consumer: types.Consumer,
  ) {}

  /** Opens the track paused, until ffmpeg listens on the port. */
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

  /** Starts or stops the packets. A closed consumer is ignored. */
  async setFlowing(flowing: boolean): Promise<void> {
    try {
      await (flowing ? this.consumer.resume() : this.consumer.pause());
    } catch (error) {
      if (!this.consumer.closed) {
        throw error;
      }
    }
  }

  /** Starts the video from a key frame. Undefined: none arrived, or the track was closed first. */
  async beginVideo(): Promise<FirstPacket | undefined> {
    const first = this.#begin('keyframe');
    const deadlineMs = performance.now() + keyFrameDeadlineMs;
    while (!this.#closed && performance.now() < deadlineMs) {
      // The worker requests the first key frame on resume.
      const came = await Promise.race([first, sleep(keyFrameIntervalMs, undefined, { ref: false })]);
      if (came !== undefined) {
        return came;
      }
      await this.consumer.requestKeyFrame().catch(() => undefined);
    }
    return undefined;
  }

  /** Starts the audio. Undefined: the track was closed before a packet arrived. */
  beginAudio(): Promise<FirstPacket | undefined> {
    return this.#begin('rtp');
  }

  /** Starts the packets and waits for the first trace event of a type. */
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
      // Later trace events are not needed.
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

/** Capabilities of ffmpeg: it sends no feedback, so retransmission and bandwidth feedback are left out. */
function recorderCapabilities(router: types.Router): types.RtpCapabilities {
  const { codecs = [] } = router.rtpCapabilities;
  return {
    codecs: codecs
      .filter(({ mimeType }) => isRecordable(mimeType))
      .map((codec) => ({ ...codec, rtcpFeedback: [] })),
    headerExtensions: [],
  };
}
