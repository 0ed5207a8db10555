import { banPrivilegeSchema, type BanView, roomAdminRpc } from '@polyroom/contracts';
import { z } from 'zod';

type BanTarget = roomAdminRpc.BanTarget;

const textSchema = z.string().nullable();
/** Bans of logins have three parts, as before there were others. */
const partsSchema = z.union([
  z.tuple([textSchema, textSchema, textSchema]),
  z.tuple([textSchema, textSchema, textSchema, banPrivilegeSchema]),
]);

export function toBanView(text: string, untilMs: number): BanView {
  return { banId: Buffer.from(text).toString('base64url'), ...parseBanText(text)!, untilMs };
}

/** Undefined if it is no ID of a ban. */
export function parseBanId(banId: string): BanTarget | undefined {
  const text = Buffer.from(banId, 'base64url').toString();
  const target = parseBanText(text);
  // Only the one spelling that lists show.
  return target !== undefined && roomAdminRpc.toBanText(target) === text ? target : undefined;
}

function parseBanText(text: string): BanTarget | undefined {
  let parts;
  try {
    parts = partsSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
  if (parts === undefined) {
    return undefined;
  }
  const [address, roomId, userId, privilege = 'login'] = parts;
  return {
    ...(userId === null ? {} : { userId }),
    ...(roomId === null ? {} : { roomId }),
    ...(address === null ? {} : { address }),
    privilege,
  };
}
