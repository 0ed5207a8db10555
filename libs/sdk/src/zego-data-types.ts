import { type ZegoRealTimeSequentialDataManager } from './data/sequential-data-manager.js';

export interface ZegoRealTimeSequentialDataSentResult {
  errorCode: number;
}

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
