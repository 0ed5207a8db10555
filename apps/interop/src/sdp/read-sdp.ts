import { type MediaKind } from '@polyroom/contracts';
import sdpTransform, { type SdpMedia, type SdpObject } from 'sdp-transform';
import { sdpRefused } from './sdp-refused.js';

export interface DtlsParameters {
  role: 'client' | 'server';
  fingerprints: { algorithm: string; value: string }[];
}

/** An audio or video section of a client's SDP. */
export interface ClientMedia {
  kind: MediaKind;
  mid: string;
  section: SdpMedia;
}

/** The parts of a client's offer or answer common to WHIP and WHEP. */
export interface ClientSdp {
  media: ClientMedia[];
  dtlsParameters: DtlsParameters;
}

/** Directions in which a client may send or receive. */
const directions = { send: ['sendonly', 'sendrecv'], recv: ['recvonly', 'sendrecv'] };
const hashPattern = /^[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){15,127}$/;

/**
 * Reads an SDP as required by RFC 9725 (4.2): at most one audio and one video section, bundled, with the
 * fingerprint of one DTLS certificate. Anything else is refused with 1190601.
 */
export function readSdp(text: string, direction: 'send' | 'recv'): ClientSdp {
  const sdp = parse(text);
  const media = sdp.media.filter(isUsed).map((section) => readMedia(section, direction));
  if (media.length === 0) {
    throw sdpRefused('there is no media section');
  }
  if (new Set(media.map(({ kind }) => kind)).size < media.length) {
    throw sdpRefused('there is more than one section of a kind');
  }
  if (media.length < sdp.media.length) {
    throw sdpRefused('there is a rejected media section');
  }
  const bundled = new Set(
    (sdp.groups ?? []).filter(({ type }) => type === 'BUNDLE').flatMap(({ mids }) => String(mids).split(' ')),
  );
  if (media.length > 1 && !media.every(({ mid }) => bundled.has(mid))) {
    throw sdpRefused('the media sections are not bundled');
  }
  return { media, dtlsParameters: readDtls(sdp, media[0]!.section) };
}

/** Port 0 marks a rejected section, unless it shares the transport of a bundle (RFC 8843, 6). */
function isUsed({ bundleOnly, invalid, port }: SdpMedia): boolean {
  return (
    port !== 0 || bundleOnly !== undefined || invalid?.some(({ value }) => value === 'bundle-only') === true
  );
}

function parse(text: string): SdpObject {
  let sdp: SdpObject;
  try {
    sdp = sdpTransform.parse(text);
  } catch (error) {
    throw sdpRefused('it is no SDP', error);
  }
  if (!text.startsWith('v=0') || !Array.isArray(sdp.media)) {
    throw sdpRefused('it is no SDP');
  }
  return sdp;
}

function readMedia(section: SdpMedia, direction: 'send' | 'recv'): ClientMedia {
  const { type } = section;
  if (type !== 'audio' && type !== 'video') {
    throw sdpRefused(`m=${String(type).slice(0, 16)} is neither audio nor video`);
  }
  if (!directions[direction].includes(section.direction ?? 'sendrecv')) {
    throw sdpRefused(`m=${type} is ${section.direction}, not ${directions[direction][0]}`);
  }
  const mid = section.mid === undefined ? '' : String(section.mid);
  if (!/^[0-9A-Za-z_-]{1,32}$/.test(mid)) {
    throw sdpRefused(`m=${type} has no mid`);
  }
  return { kind: type, mid, section };
}

function readDtls(sdp: SdpObject, first: SdpMedia): DtlsParameters {
  const fingerprint = first.fingerprint ?? sdp.fingerprint;
  if (fingerprint === undefined || !hashPattern.test(String(fingerprint.hash))) {
    throw sdpRefused('there is no fingerprint');
  }
  const setup = first.setup ?? sdp.setup;
  return {
    // If the client offers actpass, it takes the active role: the server has a public address and waits.
    role: setup === 'passive' ? 'server' : 'client',
    fingerprints: [
      { algorithm: String(fingerprint.type).toLowerCase(), value: fingerprint.hash.toUpperCase() },
    ],
  };
}
