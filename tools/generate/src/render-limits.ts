import {
  clientFrameMaxBytes,
  errorRegistry,
  type ErrorName,
  interopRpc,
  httpBodyMaxBytes,
  maxMessagesAtOnce,
  maxRecipients,
  maxRoomsOfOneSend,
  roomAdminRpc,
  roomIdMaxBytes,
  snapshotMostMembers,
  socketLimits,
  streamIdMaxBytes,
  userIdMaxBytes,
  userNameMaxBytes,
} from '@polyroom/contracts';
import { entitlementList, entitlementNames, type EntitlementSpec } from '@polyroom/entitlements';

type Row = [limit: string, value: string, beyond: string];

/** The page `docs/limits.md`: every limit that a client or an operator meets, from the constants that keep it. */
export function renderLimits(): string {
  const sections = [
    renderTable('Socket', 'One WebSocket of a client ([protocol](protocol.md)).', socketRows()),
    renderTable(
      'HTTP',
      'REST ([protocol](protocol.md#rest)), WHIP and WHEP ([interop](interop.md)).',
      httpRows(),
    ),
    renderTable('Names', 'Lengths are bytes of UTF-8.', nameRows()),
    renderTable('Messages and rooms', 'The same for every AppID.', roomRows()),
    renderEntitlements(),
  ];
  return `${[header(), ...sections].join('\n\n')}\n`;
}

function header(): string {
  return [
    '# Limits',
    '',
    '<!-- Made from the constants and the list of entitlements in libs by tools/generate. Do not edit: run',
    '`npm run build` and `node tools/generate/dist/main.js`. A spec fails when this page is stale. -->',
    '',
    'Every limit that a client or an operator meets. Those of an AppID are [entitlements](#entitlements), which an',
    'operator changes on the running cluster; the others are the same everywhere.',
  ].join('\n');
}

function socketRows(): Row[] {
  const limits = socketLimits;
  return [
    [
      'Bytes of one frame',
      bytes(clientFrameMaxBytes),
      `${code('PROTOCOL_FRAME_TOO_LARGE')}; the socket stays open`,
    ],
    [
      'Bytes of a frame that is read at all',
      bytes(limits.hardFrameMaxBytes),
      'the socket is closed with 1009',
    ],
    ['Fragments of one frame', count(limits.maxFragments), 'the socket is closed with 1008'],
    ['Levels of JSON', count(limits.maxFrameDepth), code('PROTOCOL_MALFORMED_FRAME')],
    ['Unanswered requests', count(limits.maxRequestsInFlight), code('PROTOCOL_TOO_MANY_REQUESTS')],
    ['Frames per second', count(limits.framesPerSecond), 'the socket is read more slowly'],
    ['Frames per second without a session', count(limits.framesPerSecondWithoutSession), 'the same'],
    [
      'Frames per second of all sockets of a gateway without a session',
      count(limits.framesPerSecondOfStrangers),
      'the same',
    ],
    ['Malformed frames per second', count(limits.malformedFramesPerSecond), 'the socket is closed with 4500'],
    [
      'Malformed frames per second without a session',
      count(limits.malformedFramesPerSecondWithoutSession),
      'the same',
    ],
    ['Bytes that wait for a slow reader', bytes(limits.maxBytesBeforeLoss), 'barrage messages are left out'],
    ['The same', bytes(limits.maxBufferedBytes), 'the socket is closed with 4002'],
    [
      'Pings without an answer, one every ' + seconds(limits.pingIntervalMs),
      count(limits.maxMissedPongs),
      'the connection is cut',
    ],
  ];
}

function httpRows(): Row[] {
  return [
    ['Bytes of a JSON body', bytes(httpBodyMaxBytes), 'status 413'],
    ['Bytes of an SDP', bytes(interopRpc.sdpMaxLength), 'status 413'],
  ];
}

function nameRows(): Row[] {
  return [
    ['Room ID', `1–${roomIdMaxBytes}`, `${code('ROOM_ROOMID_NULL')}, ${code('ROOM_ROOMID_TOO_LONG')}`],
    ['User ID', `1–${userIdMaxBytes}`, `${code('ROOM_USER_ID_NULL')}, ${code('ROOM_USER_ID_TOO_LONG')}`],
    [
      'User name',
      `1–${userNameMaxBytes}`,
      `${code('ROOM_USER_NAME_NULL')}, ${code('ROOM_USER_NAME_TOO_LONG')}`,
    ],
    [
      'Stream ID',
      `1–${streamIdMaxBytes}`,
      `${code('COMMON_STREAM_ID_NULL')}, ${code('COMMON_STREAM_ID_TOO_LONG')}`,
    ],
    [
      'Key of a room attribute',
      `1–${roomAdminRpc.attributeKeyMaxBytes}`,
      `${code('ROOM_EXTRA_INFO_KEY_EMPTY')}, ${code('ROOM_EXTRA_INFO_KEY_TOO_LONG')}`,
    ],
    [
      'Value of a room attribute',
      `0–${roomAdminRpc.attributeValueMaxBytes}`,
      code('ROOM_EXTRA_INFO_VALUE_TOO_LONG'),
    ],
  ];
}

function roomRows(): Row[] {
  return [
    ['Users that one message names', count(maxRecipients), code('IM_INPUT_PARAMS_LENGTH_LIMIT')],
    ['Rooms of one `message.broadcastToRooms`', count(maxRoomsOfOneSend), code('COMMON_ILLEGAL_PARAM')],
    [
      'Messages in one event or one answer of the history',
      count(maxMessagesAtOnce),
      'the rest comes in the next one',
    ],
    ['Members in a snapshot', count(snapshotMostMembers), '`room.listMembers` has the others, page by page'],
  ];
}

function renderEntitlements(): string {
  const rows = entitlementNames.map((name) => {
    const spec: EntitlementSpec = entitlementList[name];
    const value = spec.type === 'integer' ? count(spec.default) : spec.default;
    return `| \`${name}\` | ${value} | ${rangeOf(spec)} | ${spec.description} |`;
  });
  return [
    '## Entitlements',
    '',
    'What an AppID may do. [Operations](operations.md#multi-room-and-other-entitlements) says how to change it; a lower',
    'limit removes no member from a room; it refuses the next request.',
    '',
    '| Entitlement | Default | Values | Meaning |',
    '| --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}

function rangeOf(spec: EntitlementSpec): string {
  switch (spec.type) {
    case 'boolean':
      return 'true, false';
    case 'integer':
      return `${count(spec.min)}–${count(spec.max)}`;
    case 'choice':
      return spec.choices.join(', ');
  }
}

function renderTable(title: string, introduction: string, rows: Row[]): string {
  return [
    `## ${title}`,
    '',
    introduction,
    '',
    '| Limit | Value | Beyond it |',
    '| --- | --- | --- |',
    ...rows.map((row) => `| ${row.join(' | ')} |`),
  ].join('\n');
}

function code(name: ErrorName): string {
  return `${errorRegistry[name].code} \`${name}\``;
}

function bytes(value: number): string {
  const [unit, size] = value % 1024 ** 2 === 0 ? ['MiB', 1024 ** 2] : ['KiB', 1024];
  return `${value / (size as number)} ${unit as string}`;
}

const seconds = (ms: number): string => `${ms / 1000} s`;
const count = (value: number): string => value.toLocaleString('en');
