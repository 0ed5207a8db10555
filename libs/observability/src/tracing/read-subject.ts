import { type Attributes } from '@opentelemetry/api';
import { readCaller } from '../refusal-log.js';

/** The AppID and room that a request of any shape is about. No user: traces are kept elsewhere, and read by others. */
export function readSubject(request: unknown): Attributes {
  const { appId } = readCaller(request);
  const { roomId } = Object(request) as { roomId?: unknown };
  return {
    ...(appId === undefined ? {} : { 'polyroom.app_id': appId }),
    ...(typeof roomId === 'string' ? { 'polyroom.room_id': roomId } : {}),
  };
}
