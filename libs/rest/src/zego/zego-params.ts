import { roomIdSchema, streamIdSchema, userIdSchema, userNameSchema } from '@polyroom/contracts';
import { z } from 'zod';
import { zegoCodes, ZegoFailure } from './zego-codes.js';

/** Arguments of a query or a body: numbers may be texts, and one entry stands for a list. */
export const integer = z.coerce.number().int();

function listOf<Item extends z.ZodType>(item: Item) {
  return z.preprocess(
    (value) => (value === undefined || Array.isArray(value) ? value : [value]),
    z.array(item),
  );
}

export const roomId = roomIdSchema;
export const userId = userIdSchema;
export const userName = userNameSchema;
export const streamId = streamIdSchema;
export const roomIds = listOf(roomIdSchema);
export const userIds = listOf(userIdSchema);
export const streamIds = listOf(streamIdSchema);
export const integers = listOf(integer);
/** URL-encoded by its sender; the query is decoded already. */
export const text = z.string();

/** Refuses an empty list with 2, and one that is too long with `code`. */
export function limitList(list: readonly unknown[], name: string, most: number, code: number): void {
  if (list.length === 0) {
    throw new ZegoFailure(zegoCodes.illegalParameter, `${name} is empty`);
  }
  if (list.length > most) {
    throw new ZegoFailure(code, `${name} has ${list.length} entries: the limit is ${most}`);
  }
}

/** Refuses a text that has too many UTF-8 bytes. */
export function limitBytes(value: string | undefined, name: string, most: number, code: number): void {
  if (value !== undefined && Buffer.byteLength(value) > most) {
    throw new ZegoFailure(code, `${name} is longer than ${most} bytes`);
  }
}
