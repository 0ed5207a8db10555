import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mediaRpc, parseOrThrow } from '@polyroom/contracts';
import { rtpParametersOf, TestNode, type TestSession, validFingerprint } from './media-node.fixtures.js';

/** Clients may send anything. Each of these must fail with one coded error and leave the worker alive. */
let testNode: TestNode;
let session: TestSession;
let pid: number;

beforeAll(async () => {
  testNode = await TestNode.start(1);
  session = await testNode.join();
  pid = session.dump!.workerPid;
});
afterAll(() => testNode.close());

function connect(direction: 'send' | 'recv', fingerprints: object[], role?: string): Promise<void> {
  // Calls the engine directly, bypassing the contract: the engine does not rely on its callers.
  return testNode.node.connectTransport({
    session: session.ref,
    direction,
    dtlsParameters: { fingerprints, ...(role === undefined ? {} : { role }) },
  } as Parameters<typeof testNode.node.connectTransport>[0]);
}

test.each([
  ['no fingerprint', []],
  ['an unknown hash', [{ ...validFingerprint, algorithm: 'md5' }]],
  ['an empty value', [{ ...validFingerprint, value: '' }]],
  ['a value of another length', [{ ...validFingerprint, value: 'AB:CD' }]],
  ['a value that is not hex', [{ ...validFingerprint, value: validFingerprint.value.replaceAll('A', 'x') }]],
])('DTLS parameters with %s', async (_, fingerprints) => {
  await expect(connect('send', fingerprints)).rejects.toMatchObject({
    errorName: 'MEDIA_PARAMETERS_INVALID',
  });
});

test('accepts the same DTLS parameters again and refuses different ones', async () => {
  await Promise.all([
    connect('recv', [validFingerprint], 'client'),
    connect('recv', [validFingerprint], 'client'),
  ]);
  await connect('recv', [validFingerprint], 'client');
  const other = { ...validFingerprint, value: validFingerprint.value.replaceAll('AB', '00') };
  await expect(connect('recv', [other], 'client')).rejects.toMatchObject({
    errorName: 'MEDIA_PARAMETERS_INVALID',
  });
});

const video = rtpParametersOf('video', 42);
const videoCodec = video.codecs[0];

test.each<[string, unknown]>([
  ['an unknown codec', { ...video, codecs: [{ ...videoCodec, mimeType: 'video/unknown' }] }],
  [
    'audio instead of video',
    { ...rtpParametersOf('audio'), codecs: [{ ...videoCodec, mimeType: 'audio/VP8' }] },
  ],
  ['a MIME type that is none', { ...video, codecs: [{ ...videoCodec, mimeType: '' }] }],
  ['two codecs of one payload type', { ...video, codecs: [videoCodec, videoCodec] }],
  ['neither MID nor SSRC', { ...video, mid: undefined, encodings: [{}] }],
  ['an SSRC that is text', { ...video, encodings: [{ ssrc: 'x' }] }],
  ['a RID that is a number', { ...video, encodings: [{ rid: 1 }] }],
  [
    'RTX for nothing',
    { ...video, codecs: [{ ...videoCodec, mimeType: 'video/rtx', parameters: { apt: 1 } }] },
  ],
  [
    'codec parameters of the wrong type',
    { ...video, codecs: [{ ...videoCodec, parameters: { x: { y: [] } } }] },
  ],
  ['an unknown header extension', { ...video, headerExtensions: [{ uri: '', id: 1 }] }],
  ['an RTCP setting of a strange type', { ...video, rtcp: { cname: 1 } }],
])('RTP parameters with %s', async (_, rtpParameters) => {
  await expect(session.produce('stream1', 'video', rtpParameters)).rejects.toMatchObject({
    errorName: 'MEDIA_PARAMETERS_INVALID',
  });
  expect(session.dump!.upstreams).toEqual([]);
});

test('refuses the same SSRC twice on one transport', async () => {
  await session.produce('stream1', 'video', rtpParametersOf('video', 7));
  await expect(
    session.produce('stream2', 'video', { ...rtpParametersOf('video', 7), mid: 'another' }),
  ).rejects.toMatchObject({ errorName: 'MEDIA_PARAMETERS_INVALID' });
  session.closeUpstream('stream1');
});

test('shows viewers no text of the publisher', async () => {
  const viewer = await testNode.join();
  const parameters = { ...rtpParametersOf('video', 77), msid: 'buy-here -', rtcp: { cname: 'buy-here' } };
  await session.produce('texts', 'video', parameters);
  const { consumers } = await viewer.bind('texts');
  expect(consumers).toHaveLength(1);
  expect(JSON.stringify(consumers)).not.toContain('buy-here');
  await viewer.close();
  session.closeUpstream('texts');
});

test('refuses codec parameters of more than 2048 characters', async () => {
  const [codec] = rtpParametersOf('video', 78).codecs;
  const parametersOf = (text: string) => ({
    ...rtpParametersOf('video', 78),
    codecs: [{ ...codec, parameters: { 'x-text': text } }],
  });
  await session.produce('short', 'video', parametersOf('x'.repeat(1000)));
  session.closeUpstream('short');
  expect(() => session.produce('long', 'video', parametersOf('x'.repeat(3000)))).toThrow(
    expect.objectContaining({ errorName: 'COMMON_ILLEGAL_PARAM' }),
  );
});

test('refuses empty lists in the contracts', () => {
  const refused = (parse: () => unknown) =>
    expect(parse).toThrow(expect.objectContaining({ category: 'invalid_argument' }));
  refused(() =>
    parseOrThrow(mediaRpc.connectTransport.request, {
      session: session.ref,
      direction: 'send',
      dtlsParameters: { fingerprints: [] },
    }),
  );
  refused(() =>
    parseOrThrow(mediaRpc.produce.request, {
      session: session.ref,
      streamId: 'stream1',
      kind: 'video',
      rtpParameters: { codecs: [] },
    }),
  );
});

test('keeps the same worker serving after all of these', async () => {
  await session.publish('stream9');
  expect(testNode.node.dump().workers).toEqual([{ pid, routers: 1 }]);
  expect(session.dump).toMatchObject({ workerPid: pid, upstreams: [{ streamId: 'stream9' }] });
});
