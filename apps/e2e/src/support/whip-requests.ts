import { type Credential, holds } from './authorisation-oracle.js';
import { type Answer, send } from './http-answer.js';
import { type TestApp } from './test-cluster.js';

export type WhipProtocol = 'whip' | 'whep';

export const whipProtocols = ['whip', 'whep'] as const;
export const whipRoom = 'hall';
/** WHIP publishes one, WHEP plays one that a client publishes. */
export const whipStreams: Record<WhipProtocol, string> = { whip: 'cam-me', whep: 'cam-pat' };

const directions = { whip: 'sendonly', whep: 'recvonly' };

/** An offer of audio, with the payload type of browsers. Nothing is sent: the session ends after its time for DTLS. */
function offerOf(protocol: WhipProtocol): string {
  return [
    'v=0',
    'o=- 1 1 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    'a=group:BUNDLE 0',
    `a=fingerprint:sha-256 ${Array(32).fill('AB').join(':')}`,
    'a=setup:actpass',
    'a=ice-ufrag:test',
    'a=ice-pwd:0123456789abcdef01234567',
    'm=audio 9 UDP/TLS/RTP/SAVPF 111',
    'c=IN IP4 0.0.0.0',
    'a=mid:0',
    `a=${directions[protocol]}`,
    'a=rtcp-mux',
    'a=rtpmap:111 opus/48000/2',
    ...(protocol === 'whip' ? ['a=ssrc:4711 cname:test'] : []),
    '',
  ].join('\r\n');
}

/** By docs/interop.md and docs/authorisation.md: a login, and then `stream.publish` or `stream.play`. */
export function whipOutcome(credential: Credential, protocol: WhipProtocol): string {
  if (!holds(credential, whipRoom, 'login')) {
    return '401 1002033';
  }
  if (protocol === 'whip') {
    return holds(credential, whipRoom, 'media', whipStreams.whip) ? '201 0' : '403 1002082';
  }
  return holds(credential, whipRoom, 'subscribe') ? '201 0' : '403 1004025';
}

/** Begins a session of WHIP or WHEP. */
export function beginWhip(
  url: string,
  protocol: WhipProtocol,
  { token, app: { appId } }: { token: string | undefined; app: TestApp },
): Promise<Answer> {
  const path = `/v1/interop/apps/${appId}/rooms/${whipRoom}/streams/${whipStreams[protocol]}/${protocol}`;
  return send(`${url}${path}`, {
    method: 'POST',
    body: offerOf(protocol),
    headers: { 'content-type': 'application/sdp', ...bearer(token) },
  });
}

/** Changes a session without naming its ICE session, or ends it. */
export function changeWhip(
  url: string,
  method: 'PATCH' | 'DELETE',
  token: string | undefined,
): Promise<Answer> {
  const isEnd = method === 'DELETE';
  return send(url, {
    method,
    ...(isEnd ? {} : { body: 'a=end-of-candidates\r\n' }),
    headers: { ...(isEnd ? {} : { 'content-type': 'application/trickle-ice-sdpfrag' }), ...bearer(token) },
  });
}

function bearer(token: string | undefined): Record<string, string> {
  return token === undefined ? {} : { authorization: `Bearer ${token}` };
}
