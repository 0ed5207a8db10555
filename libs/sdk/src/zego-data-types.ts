export interface ZegoRealTimeSequentialDataSentResult {
  errorCode: number;
}
