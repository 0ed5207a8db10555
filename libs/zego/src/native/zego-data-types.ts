export interface ZegoRealTimeSequentialDataSentResult {
  errorCode: number;
  /** Polyroom extension: the cause, unless `errorCode` is 0. */
  errorMessage?: string;
}
