export interface ZegoRealTimeSequentialDataSentResult {
  errorCode: number;
  /** Ours: what is wrong, where `errorCode` is not 0. */
  errorMessage?: string;
}
