import { createHash } from 'node:crypto';
import { reasonOf } from '../output/describe-error.js';
import {
  makeRequest,
  readXorAddress,
  stunAttributes as attribute,
  type StunMessage,
  type StunRequest,
  stunTypes,
  uint32,
} from './stun.js';
import { type StunServer, StunWire } from './stun-wire.js';

export interface TurnCredentials {
  username: string;
  credential: string;
}

export type Allocation =
  | { outcome: 'allocated'; relayed: string; roundTripMs: number }
  | { outcome: 'unreachable'; reason: string }
  /** `code` of RFC 8656: 401 for credentials that the server does not accept. */
  | { outcome: 'refused'; code: number; reason: string };

const unauthorised = 401;
const staleNonce = 438;
/** UDP, in the first of four bytes. */
const relayUdp = uint32(17 << 24);

/** The server in a `turn:` or `turns:` address; undefined for a transport that is not examined (DTLS). */
export function parseTurnUrl(url: string): StunServer | undefined {
  const [, scheme, host, port, transport] =
    /^(turns?):(\[[^\]]+\]|[^:?]+)(?::(\d+))?(?:\?transport=(\w+))?$/.exec(url) ?? [];
  if (scheme === undefined || host === undefined) {
    return undefined;
  }
  const address = {
    host: host.replaceAll(/[[\]]/g, ''),
    port: Number(port ?? (scheme === 'turn' ? 3478 : 5349)),
  };
  if (scheme === 'turns') {
    return transport === 'udp' ? undefined : { ...address, transport: 'tls' };
  }
  return { ...address, transport: transport === 'tcp' ? 'tcp' : 'udp' };
}

/** Asks a TURN server for a relayed address with long-term credentials, and gives it back. Never rejects. */
export async function allocateRelay(
  server: StunServer,
  credentials: TurnCredentials,
  timeoutMs: number,
): Promise<Allocation> {
  const signal = AbortSignal.timeout(timeoutMs);
  const startedAtMs = performance.now();
  let wire: StunWire;
  let answer: StunMessage;
  let sign: (type: number, parameters: [number, Buffer][]) => StunRequest = makeRequest;
  try {
    wire = await StunWire.open(server, signal);
  } catch (error) {
    return { outcome: 'unreachable', reason: reasonOf(error) };
  }
  try {
    const allocate = (): Promise<StunMessage> =>
      wire.request(sign(stunTypes.allocateRequest, [[attribute.requestedTransport, relayUdp]]), signal);
    answer = await allocate();
    // The first refusal names the realm and a nonce; a second one may name a newer nonce.
    for (const expected of [unauthorised, staleNonce]) {
      if (errorOf(answer)?.code === expected && answer.attributes.has(attribute.nonce)) {
        sign = signerFor(answer, credentials);
        answer = await allocate();
      }
    }
  } catch (error) {
    wire.close();
    return { outcome: 'unreachable', reason: reasonOf(error) };
  }
  const relayed = answer.attributes.get(attribute.xorRelayedAddress);
  if (answer.type !== stunTypes.allocateSuccess || relayed === undefined) {
    wire.close();
    return {
      outcome: 'refused',
      ...(errorOf(answer) ?? { code: 0, reason: 'an answer without an address' }),
    };
  }
  wire.close(sign(stunTypes.refreshRequest, [[attribute.lifetime, uint32(0)]]));
  return {
    outcome: 'allocated',
    relayed: readXorAddress(relayed, answer.transactionId) ?? 'an address',
    roundTripMs: performance.now() - startedAtMs,
  };
}

function signerFor(
  { attributes }: StunMessage,
  { credential, username }: TurnCredentials,
): (type: number, parameters: [number, Buffer][]) => StunRequest {
  const realm = attributes.get(attribute.realm) ?? Buffer.alloc(0);
  const nonce = attributes.get(attribute.nonce)!;
  const key = createHash('md5').update(`${username}:${realm.toString()}:${credential}`).digest();
  return (type, parameters) =>
    makeRequest(
      type,
      [
        ...parameters,
        [attribute.username, Buffer.from(username)],
        [attribute.realm, realm],
        [attribute.nonce, nonce],
      ],
      { key },
    );
}

function errorOf({ attributes, type }: StunMessage): { code: number; reason: string } | undefined {
  const value = attributes.get(attribute.errorCode);
  return type !== stunTypes.allocateError || value === undefined || value.length < 4
    ? undefined
    : { code: (value[2]! & 7) * 100 + value[3]!, reason: value.subarray(4).toString() };
}
