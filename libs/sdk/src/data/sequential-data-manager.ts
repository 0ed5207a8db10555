import { assertListener } from '../arguments.js';
import { Emitter } from '../emitter.js';
import { type ZegoRealTimeSequentialDataSentResult } from '../zego-data-types.js';
import { toFailure, ZegoError } from '../zego-error.js';
import { type DataBroadcasts } from './data-broadcasts.js';
import { type DataSubscriptions } from './data-subscriptions.js';

/** What a manager of real-time sequential data tells. */
export type ZegoRealTimeSequentialDataEvents = {
  receiveRealTimeSequentialData: [
    manager: ZegoRealTimeSequentialDataManager,
    data: ArrayBuffer,
    streamID: string,
  ];
  /**
   * Ours: messages may be missing before the next one. Its publisher or this device was moved to other
   * servers, or this device did not take them as fast as they came.
   */
  realTimeSequentialDataInterrupted: [manager: ZegoRealTimeSequentialDataManager, streamID: string];
};

/** ZEGO's manager of real-time sequential data in one room: streams of data, each ordered and complete. */
export class ZegoRealTimeSequentialDataManager {
  /** Only the engine tells something here. */
  readonly events = new Emitter<ZegoRealTimeSequentialDataEvents>();
  private ended = false;

  constructor(
    readonly roomID: string,
    private readonly broadcasts: DataBroadcasts,
    private readonly subscriptions: DataSubscriptions,
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
   * Shows a data stream in the room. One that is broadcast in another room already is shown here too: whatever
   * is sent goes out once. Rejects with a ZegoError.
   */
  async startBroadcasting(streamID: string): Promise<void> {
    this.assertAlive();
    await this.broadcasts.start(streamID, this.roomID);
  }

  /** Takes it out of the room; out of its last one, it ends. */
  async stopBroadcasting(streamID: string): Promise<void> {
    this.assertAlive();
    await this.broadcasts.stop(streamID, this.roomID);
  }

  /** To all who subscribe to the stream, in whichever of its rooms. Never rejects: the result carries the code. */
  async sendRealTimeSequentialData(
    data: ArrayBuffer | ArrayBufferView,
    streamID: string,
  ): Promise<ZegoRealTimeSequentialDataSentResult> {
    try {
      this.assertAlive();
      this.broadcasts.send(data, streamID, this.roomID);
      return { errorCode: 0 };
    } catch (error) {
      return toFailure(ZegoError.from(error, 'IM_REAL_TIME_SEQUENTIAL_DATA_SEND_FAILED'));
    }
  }

  /** What is sent from when this resolves is received. A stream that is not shown yet is waited for. */
  async startSubscribing(streamID: string): Promise<void> {
    this.assertAlive();
    await this.subscriptions.start(streamID, this.roomID);
  }

  async stopSubscribing(streamID: string): Promise<void> {
    this.assertAlive();
    await this.subscriptions.stop(streamID, this.roomID);
  }

  /** It is of no use any more: destroyed, or its room was left. Idempotent. */
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
