import { AppError, type ErrorName } from '@polyroom/contracts';

/** Return codes of ZEGO's server API: those of its gateway, of rooms, and of streams. */
export const zegoCodes = {
  success: 0,
  failed: 1,
  illegalParameter: 2,
  tooLong: 3,
  noPermission: 9,
  noRoom: 104,
  noStream: 138,
  tooManyRequests: 206,
  tooManyRequestsOfRoom: 207,
  noContent: 1008,
  streamOfAnotherUser: 1012,
  streamNotSet: 123,
  tooManyStreamRequests: 30_002,
  illegalStreamId: 30_009,
  illegalStreamIds: 30_006,
  userNotOnline: 50_003,
  userListTooLong: 50_011,
  messageTooLong: 50_012,
  tooManyRules: 50_123,
  noRule: 50_124,
  illegalAppId: 100_000_001,
  noTimestamp: 100_000_002,
  illegalTimestamp: 100_000_003,
  signatureExpired: 100_000_004,
  signatureIncorrect: 100_000_005,
  noAction: 100_000_006,
  unknownAction: 100_000_007,
  noNonce: 100_000_008,
  noSignature: 100_000_009,
  unknownAppId: 100_000_011,
  noSignatureVersion: 100_000_013,
  unknownSignatureVersion: 100_000_014,
  internalError: 100_000_015,
  appDisabled: 100_000_016,
  notEnabled: 100_000_017,
} as const;

/** A failure with a return code of ZEGO. */
export class ZegoFailure extends Error {
  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message);
  }
}

const codeOfError: { [Name in ErrorName]?: number } = {
  COMMON_STREAM_ID_TOO_LONG: zegoCodes.illegalStreamId,
  COMMON_STREAM_ID_NULL: zegoCodes.illegalStreamId,
  COMMON_STREAM_ID_INVALID_CHARACTER: zegoCodes.illegalStreamId,
  ADMIN_TOO_MANY_FAILURES: zegoCodes.tooManyRequests,
  ROOM_ROOMID_INCORRECT: zegoCodes.noRoom,
  APP_CALL_TOO_FREQUENT: zegoCodes.tooManyRequests,
  APP_CALL_API_TOO_FREQUENT: zegoCodes.tooManyRequests,
  ROOM_CALL_API_TOO_FREQUENT: zegoCodes.tooManyRequestsOfRoom,
  IM_BROADCAST_MESSAGE_QPS_OVERLOAD: zegoCodes.tooManyRequestsOfRoom,
  IM_CONTENT_NULL: zegoCodes.noContent,
  IM_CONTENT_TOO_LONG: zegoCodes.messageTooLong,
  IM_DATA_TOO_LONG: zegoCodes.messageTooLong,
  PUBLISHER_REPETITIVE_PUBLISH_STREAM: zegoCodes.streamOfAnotherUser,
  ROOM_STREAM_LIMIT_REACHED: zegoCodes.streamNotSet,
  APP_EXCEED_MAXIMUM_BAN_COUNT: zegoCodes.tooManyRules,
  AUTHORITY_INVALID: zegoCodes.noPermission,
  SIGNATURE_EXPIRED: zegoCodes.signatureExpired,
  SIGNATURE_INCORRECT: zegoCodes.signatureIncorrect,
  SIGNATURE_NONCE_REPEATED: zegoCodes.signatureIncorrect,
  SIGNED_REQUESTS_DISABLED: zegoCodes.notEnabled,
  ENGINE_APPID_INCORRECT_OR_NOT_ONLINE: zegoCodes.unknownAppId,
  COMMON_APP_OFFLINE: zegoCodes.appDisabled,
};

/** The return code of any error. */
export function toZegoCode(error: unknown): number {
  if (error instanceof ZegoFailure) {
    return error.code;
  }
  if (!AppError.is(error) || error.category === 'internal') {
    return zegoCodes.internalError;
  }
  const code = codeOfError[error.errorName];
  if (code !== undefined) {
    return code;
  }
  if (error.category === 'invalid_argument') {
    return error.errorName.endsWith('TOO_LONG') ? zegoCodes.tooLong : zegoCodes.illegalParameter;
  }
  return zegoCodes.failed;
}
