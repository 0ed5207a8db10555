import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { type Examination } from './examination.js';
import { failed, type Finding, ok, skipped } from './finding.js';
import { findAddressProblem } from './judge-address.js';
import { type Candidate, probeCandidate, type ProbeResult } from './probe-candidate.js';

const announcedCure =
  'set POLYROOM_MEDIA_ANNOUNCED_ADDRESS of the media node to an address that clients reach (docs/media.md, Addresses)';

/** Probes all announced addresses, and judges these first: a wrong one explains why ports are silent. */
export async function checkAnnouncedAddress(examination: Examination): Promise<Finding> {
  const { media, serverAddresses, timeoutMs } = examination;
  if (media === undefined) {
    return skipped('there is no session whose media node could be examined');
  }
  const { iceCandidates, iceParameters } = media.recv;
  const candidates = await Promise.all(iceCandidates.map(resolveCandidate));
  examination.probes = await Promise.all(
    candidates.map((candidate) => probeCandidate(candidate, iceParameters, timeoutMs)),
  );
  const announced = [...new Set(candidates.map(({ ip }) => ip))];
  const isReached = (ip: string): boolean =>
    examination.probes!.some(
      ({ candidate, roundTripMs }) => candidate.ip === ip && roundTripMs !== undefined,
    );
  if (announced.some(isReached)) {
    return ok(`${media.nodeId} announces ${announced.join(', ')}`);
  }
  const problem = announced.map((ip) => findAddressProblem(ip, serverAddresses)).find(Boolean);
  const isServer = announced.some((ip) => serverAddresses.includes(ip));
  if (problem === undefined && isServer) {
    return ok(`${media.nodeId} announces ${announced.join(', ')}, the address of the server`);
  }
  return failed(
    'wrong announced address',
    problem ?? `nothing answers at ${announced.join(', ')}, which ${media.nodeId} announces, over UDP or TCP`,
    'clients send audio and video to this address: they enter rooms, but nothing plays',
    announcedCure,
  );
}

export function checkUdp(examination: Examination): Promise<Finding> {
  return Promise.resolve(
    judgeProbes(examination, 'udp', () =>
      failed(
        'blocked UDP',
        `no answer over UDP from ${silent(examination, 'udp')}`,
        'media falls back to TCP, with more delay, or does not connect at all',
        'open the ports for UDP in the firewalls of the media node and of this network (docs/media.md, Ports)',
      ),
    ),
  );
}

export function checkTcp(examination: Examination): Promise<Finding> {
  return Promise.resolve(
    judgeProbes(examination, 'tcp', () =>
      failed(
        'blocked TCP',
        `no answer over TCP from ${silent(examination, 'tcp')}`,
        'clients in networks without UDP get no media',
        'open the same ports for TCP as for UDP (docs/media.md, Ports)',
      ),
    ),
  );
}

function judgeProbes(
  examination: Examination,
  protocol: Candidate['protocol'],
  fail: () => Finding,
): Finding {
  const { probes } = examination;
  if (probes === undefined) {
    return skipped('there is no session whose media node could be examined');
  }
  const own = probes.filter(({ candidate }) => candidate.protocol === protocol);
  const fastest = own
    .filter(({ roundTripMs }) => roundTripMs !== undefined)
    .sort((one, other) => one.roundTripMs! - other.roundTripMs!)[0];
  if (fastest !== undefined) {
    const { candidate, roundTripMs } = fastest;
    return ok(`${candidate.ip}:${candidate.port} answers in ${Math.round(roundTripMs!)} ms`);
  }
  if (own.length === 0) {
    return skipped(`the media node announces no address for ${protocol.toUpperCase()}`);
  }
  const isReachedOtherwise = probes.some(({ roundTripMs }) => roundTripMs !== undefined);
  const isAnnouncedRight = own.some(({ candidate }) => examination.serverAddresses.includes(candidate.ip));
  return isReachedOtherwise || isAnnouncedRight
    ? fail()
    : skipped(`nothing can be sent to the announced address: ${silent(examination, protocol)}`);
}

function silent({ probes }: Examination, protocol: Candidate['protocol']): string {
  return probes!
    .filter(({ candidate }) => candidate.protocol === protocol)
    .map(({ candidate, failure }: ProbeResult) => `${candidate.ip}:${candidate.port} (${failure})`)
    .join(', ');
}

/** Nodes may announce names. */
async function resolveCandidate(candidate: Candidate & { address?: string }): Promise<Candidate> {
  const { port, protocol } = candidate;
  const ip = candidate.address ?? candidate.ip;
  const found = isIP(ip) === 0 ? await lookup(ip).catch(() => undefined) : { address: ip };
  return { ip: found?.address ?? ip, port, protocol };
}
