import { type Allocation, allocateRelay, parseTurnUrl } from './allocate-relay.js';
import { type Examination } from './examination.js';
import { failed, type Finding, ok, skipped } from './finding.js';
import { type IceServer } from './gateway-socket.js';

interface Relay {
  url: string;
  username: string;
  credential: string;
}

const unauthorised = 401;
const meaning = 'clients in networks that allow only TLS get no media';

/** Asks each TURN server for a relayed address, with the credentials that the gateway gives to clients. */
export async function checkTurn({ media, serverAheadMs = 0, timeoutMs }: Examination): Promise<Finding> {
  if (media === undefined) {
    return skipped('there is no session that could name TURN servers');
  }
  const relays = (media.iceServers ?? []).flatMap(relaysOf);
  if (relays.length === 0) {
    return skipped(
      'the cluster has no TURN server (POLYROOM_TURN_URLS); networks that allow only TLS on port 443 need one',
    );
  }
  const findings = await Promise.all(
    relays.map(async (relay) => {
      const server = parseTurnUrl(relay.url);
      return server === undefined
        ? skipped(`${relay.url} is not examined: only UDP, TCP and TLS are`)
        : judge(relay, await allocateRelay(server, relay, timeoutMs), Date.now() + serverAheadMs);
    }),
  );
  const detail = findings.map((finding) => finding.detail).join('; ');
  const worst = ['failed', 'ok', 'skipped'].map((status) => findings.find((each) => each.status === status));
  return { ...worst.find(Boolean)!, detail };
}

function relaysOf({ credential = '', urls, username = '' }: IceServer): Relay[] {
  return urls.filter((url) => /^turns?:/.test(url)).map((url) => ({ url, username, credential }));
}

function judge({ url, username }: Relay, allocation: Allocation, serverNowMs: number): Finding {
  switch (allocation.outcome) {
    case 'allocated':
      return ok(`${url} relays from ${allocation.relayed}, after ${Math.round(allocation.roundTripMs)} ms`);
    case 'unreachable':
      return failed(
        'unreachable TURN',
        `${url} does not answer: ${allocation.reason}`,
        meaning,
        'check the address in POLYROOM_TURN_URLS, that coturn runs, its port in the firewalls and, for turns:, its certificate',
      );
    case 'refused':
      return judgeRefusal(url, username, allocation, serverNowMs);
  }
}

function judgeRefusal(
  url: string,
  username: string,
  { code, reason }: { code: number; reason: string },
  serverNowMs: number,
): Finding {
  if (code !== unauthorised) {
    return failed(
      'TURN',
      `${url} gives no relayed address: ${code} ${reason}`,
      meaning,
      'see the log of coturn: its quotas, its relay-ip, and its range of ports',
    );
  }
  // The TURN REST scheme: the user name begins with its expiry, in Unix seconds.
  const expiresAtMs = Number(/^(\d+):/.exec(username)?.[1] ?? Number.POSITIVE_INFINITY) * 1000;
  return expiresAtMs <= serverNowMs
    ? failed(
        'expired TURN credentials',
        `${url} refuses credentials that have expired at ${new Date(expiresAtMs).toISOString()}`,
        meaning,
        'compare the clock of the gateway, and raise POLYROOM_TURN_TTL_SECONDS if sessions outlive it',
      )
    : failed(
        'wrong TURN credentials',
        `${url} refuses the credentials: ${code} ${reason}`,
        meaning,
        'set POLYROOM_TURN_SECRET to the static-auth-secret of coturn, and compare their clocks',
      );
}
