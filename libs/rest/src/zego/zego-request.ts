import { appIdSchema, authRpc, type Permission } from '@polyroom/contracts';
import { type Bus } from '@polyroom/bus';
import { type ZegoAction } from './zego-action.js';
import { zegoActions } from './zego-actions.js';
import { zegoCodes, ZegoFailure } from './zego-codes.js';

type Values = Record<string, unknown>;

/** The parameters that all requests have, checked in the order of ZEGO's return codes. */
export interface ZegoRequest {
  appId: number;
  name: string;
  action: ZegoAction;
  nonce: string;
  timestampSeconds: number;
  signature: string;
  /** All other parameters. */
  params: Values;
}

const signatureVersion = '2.0';

/** Reads a request from its query and its body. Throws a ZegoFailure. */
export function readZegoRequest(query: Values, body: unknown): ZegoRequest {
  const values = { ...unbracket(query), ...unbracket(typeof body === 'object' && body !== null ? body : {}) };
  const appId = appIdSchema.safeParse(Number(textOf(values['AppId'])));
  if (!appId.success) {
    throw new ZegoFailure(zegoCodes.illegalAppId, 'AppId is not an AppID');
  }
  const timestamp = need(values, 'Timestamp', zegoCodes.noTimestamp);
  if (!/^\d{1,11}$/.test(timestamp)) {
    throw new ZegoFailure(zegoCodes.illegalTimestamp, 'Timestamp is not a Unix time in seconds');
  }
  const name = need(values, 'Action', zegoCodes.noAction);
  const action = zegoActions.get(name);
  if (action === undefined) {
    throw new ZegoFailure(zegoCodes.unknownAction, 'Action is unknown, or is not supported');
  }
  const nonce = need(values, 'SignatureNonce', zegoCodes.noNonce);
  if (nonce.length > 64) {
    throw new ZegoFailure(zegoCodes.signatureIncorrect, 'SignatureNonce is longer than 64 characters');
  }
  const signature = need(values, 'Signature', zegoCodes.noSignature);
  if (need(values, 'SignatureVersion', zegoCodes.noSignatureVersion) !== signatureVersion) {
    throw new ZegoFailure(zegoCodes.unknownSignatureVersion, `SignatureVersion is not ${signatureVersion}`);
  }
  return {
    ...{ appId: appId.data, name, action, nonce, signature },
    timestampSeconds: Number(timestamp),
    params: values,
  };
}

/** Exchanges the signature for statements of the action's permissions. */
export async function authorizeZegoRequest(
  bus: Bus,
  { action, appId, nonce, signature, timestampSeconds }: ZegoRequest,
  origin: { address: string | undefined; requestId: string },
): Promise<ReadonlyMap<Permission, string>> {
  const { statements } = await bus.request(authRpc.authorizeSigned, {
    ...{ appId, nonce, timestampSeconds },
    signature: signature.slice(0, 64),
    permissions: [...action.permissions],
    clientAddress: origin.address,
    requestId: origin.requestId,
  });
  return new Map(action.permissions.map((permission, at) => [permission, statements[at]!]));
}

/** `UserId`, `UserId[]`, and `UserId[0]` with `UserId[1]`, as PHP sends it, are the same parameter. */
function unbracket(given: object): Values {
  const found = new Map<string, { index: number; value: unknown }[]>();
  for (const [key, value] of Object.entries(given) as [string, unknown][]) {
    const [, name = key, index = ''] = /^(.+)\[(\d*)\]$/.exec(key) ?? [];
    const entries = found.get(name) ?? [];
    entries.push({ index: Number(index), value });
    found.set(name, entries);
  }
  return Object.fromEntries(
    [...found].map(([name, entries]) => [
      name,
      entries.length === 1
        ? entries[0]!.value
        : entries.sort((a, b) => a.index - b.index).flatMap(({ value }) => value),
    ]),
  );
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function need(values: Values, name: string, code: number): string {
  const text = textOf(values[name]);
  if (text === '') {
    throw new ZegoFailure(code, `${name} is empty`);
  }
  return text;
}
