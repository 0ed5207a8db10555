import { z } from 'zod';
import { printableTextSchema } from '../../printable-text.js';

export const tokenErrors = [
  'ROOM_NO_TOKEN',
  'ROOM_AUTHENTICATION_FAILED',
  'ROOM_TOKEN_INNER_ERROR',
  'ROOM_TOKEN_FORMAT_ERROR',
  'ROOM_TOKEN_APPID_ERROR',
  'ROOM_TOKEN_USERID_ERROR',
  'ROOM_TOKEN_EXPIRE_ERROR',
  'ROOM_TOKEN_REVOKED',
  'ROOM_TOKEN_VERSION_ERROR',
  'ROOM_TOKEN_NONCE_TYPE_ERROR',
  'ENGINE_APPID_INCORRECT_OR_NOT_ONLINE',
  'ENGINE_APPSIGN_INCORRECT',
  'COMMON_APP_OFFLINE',
] as const;

/** The client's address, for the log line of a refusal. */
export const clientAddressSchema = z.string().max(64).optional();

export const appNameSchema = printableTextSchema(100).min(1);
