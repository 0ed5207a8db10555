import { type Client, Emitter } from '@polyroom/sdk';
import { assertListener } from '../shared/arguments.js';
import { toFailure, toZegoError, translated, ZegoError } from '../shared/zego-error.js';
import { type ZegoRealTimeSequentialDataSentResult } from './zego-data-types.js';

/** Events of a manager of real-time sequential data. */
export type ZegoRealTimeSequentialDataEvents = {
  receiveRealTimeSequentialData: [
    manager: ZegoRealTimeSequentialDataManager,
    data: ArrayBuffer,
    streamID: string,
  ];
  /**
   * Polyroom extension: messages may be missing before the next one, because the publisher or this device
   * moved to other servers, or this device was too slow.
   */
  realTimeSequentialDataInterrupted: [manager: ZegoRealTimeSequentialDataManager, streamID: string];
};

/** ZEGO's manager of real-time sequential data in one room: data streams that are ordered and complete. */
export class ZegoRealTimeSequentialDataManager {
  /** Emitted by the engine only. */
  readonly events = new Emitter<ZegoRealTimeSequentialDataEvents>();
  private ended = false;

  constructor(
    readonly roomID: string,
    private readonly client: Client,
  ) {}

  on<Name extends keyof ZegoRealTimeSequentialDataEvents>(
    event: Name,
    listener: (...args: ZegoRealTimeSequentialDataEvents[Name]) => void,
  ): void {
    assertListener(listener);
    this.events.on(event, listener);
  }

  off<Name extends keyof ZegoRealTimeSequentialDataEvents>(
    event: Name,
    listener?: (...args: ZegoRealTimeSequentialDataEvents[Name]) => void,
  ): void {
    this.events.off(event, listener);
  }

  /**
   * Shows a data stream in the room. A stream that is already broadcast in another room is shown here too:
   * data is sent once. Rejects with a ZegoError.
   */
  async startBroadcasting(streamID: string): Promise<void> {
    this.assertAlive();
    await translated(this.client.data.publish(streamID, this.roomID));
  }

  /** Removes the stream from the room; removing it from its last room ends it. */
  async stopBroadcasting(streamID: string): Promise<void> {
    this.assertAlive();
    await translated(this.client.data.unpublish(streamID, this.roomID));
  }

  /**
   * Sends to all subscribers of the stream, in any of its rooms. Never rejects: the result carries the error
   * code.
   */
  async sendRealTimeSequentialData(
    data: ArrayBuffer | ArrayBufferView,
    streamID: string,
  ): Promise<ZegoRealTimeSequentialDataSentResult> {
    try {
      this.assertAlive();
      this.client.data.send(streamID, this.roomID, data);
      return { errorCode: 0 };
    } catch (error) {
      return toFailure(toZegoError(error));
    }
  }

  /** Messages sent after this resolves are received. Waits for a stream that is not shown yet. */
  async startSubscribing(streamID: string): Promise<void> {
    this.assertAlive();
    await translated(this.client.data.subscribe(streamID, this.roomID));
  }

  async stopSubscribing(streamID: string): Promise<void> {
    this.assertAlive();
    await translated(this.client.data.unsubscribe(streamID, this.roomID));
  }

  /** The manager was destroyed, or its room was left. Idempotent. */
  end(): void {
    this.ended = true;
    this.events.clear();
  }

  private assertAlive(): void {
    if (this.ended) {
      throw ZegoError.of('IM_NO_MANAGER_INSTANCE', { roomID: this.roomID });
    }
  }
}
