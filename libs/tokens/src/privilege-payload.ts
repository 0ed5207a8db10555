import { type Grants, parseOrThrow, roomIdSchema, type RoomRight, streamIdSchema } from '@polyroom/contracts';
import { z } from 'zod';
import { parseContent } from './parse-content.js';

const flagSchema = z.union([z.literal(0), z.literal(1)]);

/** The payload of a ZEGO privilege token: one room, "1" = log in, "2" = publish. */
const privilegeSchema = z.object({
  room_id: roomIdSchema,
  privilege: z.object({ '1': flagSchema.default(0), '2': flagSchema.default(0) }),
  stream_id_list: z.array(streamIdSchema).nullish(),
});
/** Prefixes the path in an error with `token.payload`. */
const wrapperSchema = z.object({ token: z.object({ payload: privilegeSchema }) });

/**
 * Returns the grants of a token04's payload. An empty payload is an identity token, which grants everything.
 * Any other must be a privilege payload: ZEGO checks it only if its support enables that, Polyroom always
 * does. An invalid payload is refused (1002075), because ignoring it would grant everything.
 */
export function parsePrivilegePayload(payload: string): Pick<Grants, 'rooms' | 'streams'> {
  if (payload === '') {
    return {};
  }
  const { room_id: roomId, privilege, stream_id_list: streams } = parseJson(payload);
  // The format lacks the other rights: login implies subscribe and message, publish implies share.
  const rights: RoomRight[] = [
    ...(privilege['1'] === 1 ? (['login', 'subscribe', 'message'] as const) : []),
    ...(privilege['2'] === 1 ? (['publish', 'share'] as const) : []),
  ];
  return {
    rooms: [{ roomId, rights }],
    ...(streams === undefined || streams === null || streams.length === 0 ? {} : { streams }),
  };
}

function parseJson(payload: string): z.output<typeof privilegeSchema> {
  const json = parseContent(payload, 'ROOM_TOKEN_FORMAT_ERROR', 'token.payload');
  return parseOrThrow(wrapperSchema, { token: { payload: json } }, 'ROOM_TOKEN_FORMAT_ERROR').token.payload;
}
