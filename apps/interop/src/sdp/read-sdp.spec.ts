import { describe, expect, test } from '@jest/globals';
import { readSdp } from './read-sdp.js';

const fingerprint = Array.from({ length: 32 }, () => 'AB').join(':');

function offer(
  sections: { kind: string; mid: string; port?: number; lines?: string[] }[],
  bundle?: string,
): string {
  return [
    'v=0',
    'o=- 1 1 IN IP4 0.0.0.0',
    's=-',
    't=0 0',
    `a=group:BUNDLE ${bundle ?? sections.map(({ mid }) => mid).join(' ')}`,
    `a=fingerprint:sha-256 ${fingerprint}`,
    ...sections.flatMap(({ kind, mid, port = 9, lines = [] }) => [
      `m=${kind} ${port} UDP/TLS/RTP/SAVPF 96`,
      'c=IN IP4 0.0.0.0',
      `a=mid:${mid}`,
      'a=sendonly',
      'a=setup:actpass',
      'a=rtpmap:96 VP8/90000',
      ...lines,
    ]),
    '',
  ].join('\r\n');
}

function problemOf(text: string): unknown {
  try {
    readSdp(text, 'send');
    return undefined;
  } catch (error) {
    return (error as { details?: { problem?: string } }).details?.problem;
  }
}

describe('readSdp', () => {
  test('uses a section without its own transport: port 0 with bundle-only', () => {
    // As written by GStreamer and max-bundle browsers (RFC 8843, 6).
    const { media, dtlsParameters } = readSdp(
      offer([
        { kind: 'audio', mid: '0' },
        { kind: 'video', mid: '1', port: 0, lines: ['a=bundle-only'] },
      ]),
      'send',
    );
    expect(media.map(({ kind, mid }) => [kind, mid])).toEqual([
      ['audio', '0'],
      ['video', '1'],
    ]);
    expect(dtlsParameters).toEqual({
      role: 'client',
      fingerprints: [{ algorithm: 'sha-256', value: fingerprint }],
    });
  });

  const one = { kind: 'audio', mid: '0' };
  test.each([
    ['there is a rejected media section', offer([one, { kind: 'video', mid: '1', port: 0 }])],
    ['the media sections are not bundled', offer([one, { kind: 'video', mid: '1' }], '0')],
    ['there is more than one section of a kind', offer([one, { kind: 'audio', mid: '1' }])],
    ['m=application is neither audio nor video', offer([one, { kind: 'application', mid: '1' }])],
  ])('%s', (problem, text) => {
    expect(problemOf(text)).toBe(problem);
  });

  test('refuses an offer with rejected sections only', () => {
    expect(problemOf(offer([{ kind: 'audio', mid: '0', port: 0 }]))).toBe('there is no media section');
  });
});
