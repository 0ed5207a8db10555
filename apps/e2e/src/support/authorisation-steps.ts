import { type Cell } from './authorisation-oracle.js';

export const opus = {
  mid: '0',
  codecs: [{ mimeType: 'audio/opus', payloadType: 111, clockRate: 48_000, channels: 2 }],
  encodings: [{ ssrc: 1111 }],
};
const rtpCapabilities = {
  codecs: [{ ...opus.codecs[0]!, kind: 'audio', preferredPayloadType: 111, rtcpFeedback: [] }],
};
const dtlsParameters = {
  role: 'client',
  fingerprints: [{ algorithm: 'sha-256', value: Array(32).fill('AB').join(':') }],
};

/** Rooms of the AppID and of another one in which the session is not. */
export const foreignRooms = ['vault', 'elsewhere'];
export type Step = Cell & {
  method: string;
  params: Record<string, unknown>;
  read?: (result: never) => number;
};

/** The requests of one session, in an order in which each finds what it needs if the former ones are allowed. */
export function stepsOf(login: (roomId: string) => object, token: string | undefined): Step[] {
  const cam = { id: 'cam-me' };
  const data = { id: 'data-me', isData: true };
  const pat = { id: 'cam-pat', isForeign: true };
  const patData = { id: 'data-pat', isData: true, isForeign: true };
  let message = 0;
  const send = (method: string, room: string, params: object): Step => {
    const clientMessageId = `m${++message}`;
    const withId = method === 'message.barrage' ? {} : { clientMessageId };
    return step(method, { room }, { roomId: room, content: 'eA==', ...withId, ...params });
  };
  const enter = (room: string): Step => step('room.login', { enters: room }, login(room));
  const sctp = (streamId: number) => ({ sctpStreamParameters: { streamId, ordered: true } });
  const audio = { kind: 'audio', rtpParameters: opus };
  const inRoom = (room: string): Step[] => [
    step('room.getSnapshot', { room }, { roomId: room }),
    step('room.listMembers', { room }, { roomId: room }),
    step('room.setAttributes', { room }, { roomId: room, changes: [{ key: 'k', value: 'v' }] }),
    send('message.broadcast', room, {}),
    send('message.barrage', room, {}),
    send('message.command', room, { to: [] }),
    send('message.transparent', room, { mode: 'clients', to: [] }),
    {
      ...step(
        'message.broadcastToRooms',
        { room },
        { roomIds: [room], content: 'x', clientMessageId: `m${++message}` },
      ),
      read: ({ results: [one] }: { results: { error?: { code: number } }[] }) => one?.error?.code ?? 0,
    },
    step('message.history', { room }, { roomId: room, epoch: '', sinceSeq: 0 }),
  ];
  const play = (room: string, stream: { id: string; isData?: boolean }, otherwise?: number): Step =>
    step(
      'stream.play',
      { room, stream, ...(otherwise === undefined ? {} : { otherwise }) },
      {
        ...{ streamId: stream.id, roomId: room, rtpCapabilities },
        ...(stream.isData === true ? { data: true, rtpCapabilities: {} } : {}),
      },
    );
  const renew = (room: string): Step =>
    step('room.renewToken', { room, enters: room }, { roomId: room, token });
  const change = (room: string, enters: string): Step =>
    step(
      'room.switch',
      { room, enters },
      { fromRoomId: room, toRoomId: enters, ...(token === undefined ? {} : { token }) },
    );
  return [
    enter('hall'),
    enter('annex'),
    ...['hall', 'annex', ...foreignRooms].flatMap(inRoom),
    ...foreignRooms.flatMap((room) => [
      step('stream.publish', { room, stream: cam }, { streamId: cam.id, channel: 0, roomId: room }),
      step('stream.publish', { room, stream: data }, { streamId: data.id, roomId: room }),
    ]),
    step('stream.publish', { room: 'hall', stream: pat }, { streamId: pat.id, channel: 1, roomId: 'hall' }),
    step('stream.publish', { room: 'hall', stream: patData }, { streamId: patData.id, roomId: 'hall' }),
    step('stream.publish', { room: 'hall', stream: cam }, { streamId: cam.id, channel: 0, roomId: 'hall' }),
    step('stream.publish', { room: 'hall', stream: data }, { streamId: data.id, roomId: 'hall' }),
    step('stream.produce', { stream: cam }, { streamId: cam.id, ...audio }),
    step('stream.produce', { stream: pat }, { streamId: pat.id, ...audio }),
    step('stream.produceData', { stream: data }, { streamId: data.id, ...sctp(1) }),
    step('stream.produceData', { stream: patData }, { streamId: patData.id, ...sctp(2) }),
    ...['hall', ...foreignRooms].flatMap((room) => [
      step('stream.share', { room, stream: cam }, { streamId: cam.id, roomId: room }),
      step('stream.share', { room, stream: pat }, { streamId: pat.id, roomId: room }),
      step('stream.share', { room, stream: data }, { streamId: data.id, roomId: room }),
    ]),
    {
      ...step('stream.share', { room: 'annex', stream: cam }, { streamId: cam.id, roomId: 'annex' }),
      ...further,
    },
    {
      ...step('stream.share', { room: 'annex', stream: data }, { streamId: data.id, roomId: 'annex' }),
      ...further,
    },
    step('stream.mute', { stream: cam }, { streamId: cam.id, kind: 'audio', muted: true }),
    step('stream.mute', { stream: pat }, { streamId: pat.id, kind: 'audio', muted: true }),
    step('stream.setExtraInfo', { stream: cam }, { streamId: cam.id, extraInfo: 'x' }),
    step('stream.setExtraInfo', { stream: pat }, { streamId: pat.id, extraInfo: 'x' }),
    ...['hall', ...foreignRooms].flatMap((room) => [
      step('stream.setExtraInfo', { room, stream: cam }, { streamId: cam.id, extraInfo: 'y', roomId: room }),
      step(
        'stream.mute',
        { room, stream: cam },
        { streamId: cam.id, kind: 'audio', muted: true, roomId: room },
      ),
      step(
        'stream.mute',
        { room, stream: pat },
        { streamId: pat.id, kind: 'audio', muted: true, roomId: room },
      ),
    ]),
    step('stream.republish', { stream: cam }, { streamId: cam.id }),
    step('stream.republish', { stream: pat }, { streamId: pat.id }),
    step('stream.republish', { stream: patData }, { streamId: patData.id }),
    play('hall', pat),
    play('hall', patData),
    play('hall', { id: 'cam-vault' }, 1004002),
    play('hall', { id: 'cam-elsewhere' }, 1004002),
    play('vault', { id: 'cam-vault' }),
    play('elsewhere', { id: 'cam-elsewhere' }),
    step('stream.resume', { stream: pat }, { streamId: pat.id }),
    step('stream.resume', { stream: { id: 'cam-vault' } }, { streamId: 'cam-vault' }),
    step('stream.limit', { stream: pat }, { streamId: pat.id, kinds: ['audio'] }),
    step('stream.limit', { stream: { id: 'cam-vault' } }, { streamId: 'cam-vault', kinds: [] }),
    step('stream.stopPlay', { stream: pat }, { streamId: pat.id }),
    step('stream.stopPlay', { stream: { id: 'cam-vault' } }, { streamId: 'cam-vault' }),
    step('stream.stopPublish', { stream: pat }, { streamId: pat.id }),
    ...['annex', ...foreignRooms].map((room) =>
      step('stream.unshare', { room, stream: pat }, { streamId: pat.id, roomId: room }),
    ),
    step('stream.unshare', { room: 'hall', stream: pat }, { streamId: pat.id, roomId: 'hall' }),
    step('stream.unshare', { room: 'hall', stream: cam }, { streamId: cam.id, roomId: 'hall' }),
    step('stream.stopPublish', { stream: data }, { streamId: data.id }),
    step('transport.restartIce', {}, { direction: 'send' }),
    step('transport.connect', {}, { direction: 'recv', dtlsParameters }),
    step('session.ping', {}, {}),
    step('media.settle', {}, {}),
    step('media.renew', {}, {}),
    ...(token === undefined ? [] : [...foreignRooms.map(renew), renew('hall')]),
    ...foreignRooms.map((room) => change(room, 'cellar')),
    change('annex', 'cellar'),
    ...foreignRooms.map((room) => step('room.logout', { room }, { roomId: room })),
    step('room.logout', { room: 'hall' }, { roomId: 'hall' }),
  ];
}

const further = { row: 'stream.share, a further room' };

function step(method: string, cell: Omit<Cell, 'row'>, params: object): Step {
  return { row: method, method, params: params as Record<string, unknown>, ...cell };
}

/** The name of a step in the comparison. */
export function describeStep({ row, room, enters, stream }: Step): string {
  const into = enters === undefined ? '' : ` into ${enters}`;
  return `${row}${room === undefined ? '' : ` in ${room}`}${into}${stream === undefined ? '' : ` of ${stream.id}`}`;
}
