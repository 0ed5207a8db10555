import { type MediaSession } from '@polyroom/contracts';
import { type types } from 'mediasoup-client';
import sdpTransform, { type SdpCandidate, type SdpMedia, type SdpObject } from 'sdp-transform';

export type TransportParameters = MediaSession['send'];
type IceParameters = TransportParameters['iceParameters'];

/** Sections of our own with their shared transport. */
export function writeSdp(
  transport: TransportParameters,
  setup: 'active' | 'passive' | 'actpass',
  sections: readonly SdpMedia[],
): string {
  const { dtlsParameters, iceParameters } = transport;
  const { algorithm, value } = pickFingerprint(dtlsParameters as unknown as types.DtlsParameters);
  const candidates = readCandidates(transport);
  const sdp: SdpObject = {
    version: 0,
    origin: {
      username: 'polyroom',
      sessionId: String(Date.now()),
      sessionVersion: 1,
      netType: 'IN',
      ipVer: 4,
      address: '0.0.0.0',
    },
    name: '-',
    timing: { start: 0, stop: 0 },
    groups: [{ type: 'BUNDLE', mids: sections.map(({ mid }) => String(mid)).join(' ') }],
    icelite: 'ice-lite',
    fingerprint: { type: algorithm, hash: value },
    extmapAllowMixed: 'extmap-allow-mixed',
    msidSemantic: { semantic: 'WMS', token: '*' },
    media: sections.map((section, index) => ({
      ...section,
      connection: { version: 4, ip: '0.0.0.0' },
      setup,
      iceUfrag: iceParameters.usernameFragment,
      icePwd: iceParameters.password,
      rtcpMux: 'rtcp-mux',
      rtcpRsize: 'rtcp-rsize',
      // Candidates belong to the first section, whose transport all others share.
      ...(index === 0 ? { candidates, endOfCandidates: 'end-of-candidates' } : {}),
    })),
  };
  return sdpTransform.write(sdp);
}

/** The answer to a PATCH that restarts ICE (RFC 9725, 4.3.2): the same candidates, new credentials. */
export function writeIceFragment(
  transport: TransportParameters,
  iceParameters: IceParameters,
  { mid, kind }: { mid: string; kind: string },
): string {
  const candidates = readCandidates(transport).map(
    ({ foundation, component, transport: protocol, priority, ip, port, type, tcptype }) =>
      `a=candidate:${foundation} ${component} ${protocol} ${priority} ${ip} ${port} typ ${type}` +
      (tcptype === undefined ? '' : ` tcptype ${tcptype}`),
  );
  return [
    'a=ice-lite',
    `a=ice-ufrag:${iceParameters.usernameFragment}`,
    `a=ice-pwd:${iceParameters.password}`,
    `m=${kind} 9 UDP/TLS/RTP/SAVPF 0`,
    `a=mid:${mid}`,
    ...candidates,
    'a=end-of-candidates',
    '',
  ].join('\r\n');
}

/** The lines of codecs with their parameters and feedback. */
export function writeCodecs(codecs: readonly types.RtpCodecParameters[]): Partial<SdpMedia> {
  return {
    payloads: codecs.map(({ payloadType }) => payloadType).join(' '),
    rtp: codecs.map(({ payloadType, mimeType, clockRate, channels }) => ({
      payload: payloadType,
      codec: mimeType.split('/')[1]!,
      rate: clockRate,
      ...(channels !== undefined && channels > 1 ? { encoding: channels } : {}),
    })),
    fmtp: codecs.flatMap(({ payloadType, parameters = {} }) => {
      const config = Object.entries(parameters)
        .map(([name, value]) => `${name}=${String(value)}`)
        .join(';');
      return config === '' ? [] : [{ payload: payloadType, config }];
    }),
    rtcpFb: codecs.flatMap(({ payloadType, rtcpFeedback = [] }) =>
      rtcpFeedback.map(({ type, parameter }) => ({ payload: payloadType, type, subtype: parameter })),
    ),
  };
}

function readCandidates({ iceCandidates }: TransportParameters): SdpCandidate[] {
  return (iceCandidates as unknown as types.IceCandidate[]).map((candidate) => ({
    foundation: candidate.foundation,
    component: 1,
    transport: candidate.protocol,
    priority: candidate.priority,
    ip: candidate.address,
    port: candidate.port,
    type: candidate.type,
    ...(candidate.tcpType === undefined ? {} : { tcptype: candidate.tcpType }),
  }));
}

/** SHA-256 is supported by all clients. */
function pickFingerprint({ fingerprints }: types.DtlsParameters): types.DtlsFingerprint {
  return fingerprints.find(({ algorithm }) => algorithm === 'sha-256') ?? fingerprints[0]!;
}
