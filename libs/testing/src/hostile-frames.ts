/** Frames of a hostile client, as bytes on the wire after the WebSocket upgrade. */
export interface HostileFrames {
  bytes: Buffer;
  /** Number of frames; each fragment of a message counts. */
  frames: number;
}

/** Source of every random choice: a number in [0, 1), which may come from a seed. */
export type RandomSource = () => number;

const text = 0x1;
const binary = 0x2;
const continuation = 0x0;
const ping = 0x9;
const methods = [
  'room.login',
  'room.logout',
  'message.broadcast',
  'message.broadcastToRooms',
  'message.command',
  'message.transparent',
  'message.history',
  'stream.publish',
  'stream.play',
  'transport.connect',
  'constructor',
  '__proto__',
  '',
];

/** The next frames of a hostile client. */
export function hostileFrames(random: RandomSource): HostileFrames {
  const kinds = [
    wrongTypes,
    wrongTypes,
    noJson,
    deep,
    truncated,
    fragmented,
    oversized,
    notText,
    control,
    lies,
    flood,
  ];
  return kinds[Math.floor(random() * kinds.length)]!(random);
}

function one(bytes: Buffer): HostileFrames {
  return { bytes, frames: 1 };
}

/** A request with parameters of arbitrary types. */
function wrongTypes(random: RandomSource): HostileFrames {
  const names = [
    'appId',
    'roomId',
    'content',
    'to',
    'user',
    'epoch',
    'sinceSeq',
    'clientMessageId',
    'mode',
    'x',
  ];
  const params = Object.fromEntries(
    names.filter(() => random() < 0.5).map((name) => [name, anything(random, 3)]),
  );
  const request = {
    id: random() < 0.7 ? Math.floor(random() * 1e6) : anything(random, 1),
    method: random() < 0.9 ? pick(random, methods) : anything(random, 1),
    params: random() < 0.8 ? params : anything(random, 2),
  };
  return one(frame(text, JSON.stringify(request)));
}

function noJson(random: RandomSource): HostileFrames {
  return one(
    frame(text, pick(random, ['', '{', '[1,', '"', 'null', '{"id":1', '\u0000', 'undefined', '{}{}'])),
  );
}

function deep(random: RandomSource): HostileFrames {
  const depth = 33 + Math.floor(random() * 8000);
  const [open, close] = pick(random, [
    ['[', ']'],
    ['{"a":', '}'],
  ] as const);
  return one(
    frame(text, `{"id":1,"method":"room.login","params":${open.repeat(depth)}1${close.repeat(depth)}}`),
  );
}

/** A frame that is shorter than its declared length. */
function truncated(random: RandomSource): HostileFrames {
  const whole = frame(text, 'x'.repeat(300));
  return one(whole.subarray(0, 1 + Math.floor(random() * (whole.length - 1))));
}

function fragmented(random: RandomSource): HostileFrames {
  const count = 2 + Math.floor(random() * 200);
  const parts = Array.from({ length: count }, (_, index) =>
    frame(
      index === 0 ? text : continuation,
      random() < 0.5 ? '' : '{',
      index === count - 1 && random() < 0.5,
    ),
  );
  return { bytes: Buffer.concat(parts), frames: count };
}

function oversized(random: RandomSource): HostileFrames {
  return one(frame(text, 'x'.repeat(pick(random, [65_537, 98_304, 98_305, 262_145]))));
}

function notText(random: RandomSource): HostileFrames {
  const bytes = Buffer.from(
    Array.from({ length: Math.floor(random() * 100) }, () => Math.floor(random() * 256)),
  );
  return one(frame(random() < 0.5 ? binary : text, bytes));
}

function control(random: RandomSource): HostileFrames {
  return one(frame(ping, 'x'.repeat(pick(random, [0, 10, 125, 126, 1000]))));
}

/** Invalid frame headers: reserved bits and opcodes, no mask, excessive lengths. */
function lies(random: RandomSource): HostileFrames {
  const heads = [
    [0xf1, 0x80, 0, 0, 0, 0],
    [0x83, 0x80, 0, 0, 0, 0],
    [0x81, 0x05, 0x68, 0x65, 0x6c, 0x6c, 0x6f],
    [0x81, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0],
    [0x80, 0x80, 0, 0, 0, 0],
    [0x88, 0x82, 0, 0, 0, 0, 0x00, 0x01],
  ];
  return one(Buffer.from(pick(random, heads)));
}

function flood(random: RandomSource): HostileFrames {
  const count = 20 + Math.floor(random() * 60);
  const request = frame(text, JSON.stringify({ id: 1, method: pick(random, methods), params: {} }));
  return { bytes: Buffer.concat(Array.from({ length: count }, () => request)), frames: count };
}

function anything(random: RandomSource, depth: number): unknown {
  const plain = [
    null,
    true,
    -1,
    1e308,
    0.5,
    2 ** 53,
    '',
    'x',
    '\ud800',
    'r'.repeat(200),
    '%00',
    '$system',
    '../..',
  ];
  if (depth === 0 || random() < 0.6) {
    return pick(random, plain);
  }
  const inner = Array.from({ length: Math.floor(random() * 4) }, () => anything(random, depth - 1));
  return random() < 0.5 ? inner : Object.fromEntries(inner.map((value, index) => [`k${index}`, value]));
}

function pick<T>(random: RandomSource, values: readonly T[]): T {
  return values[Math.floor(random() * values.length)]!;
}

/** Masked, as required of clients; with zeros, so that the text stays readable in a trace. */
function frame(code: number, content: string | Buffer, isFinal = true): Buffer {
  const payload = Buffer.from(content as string);
  const first = (isFinal ? 0x80 : 0) | code;
  const head =
    payload.length < 126
      ? Buffer.from([first, 0x80 | payload.length, 0, 0, 0, 0])
      : payload.length < 65_536
        ? Buffer.from([first, 0xfe, payload.length >> 8, payload.length & 0xff, 0, 0, 0, 0])
        : Buffer.from([
            first,
            0xff,
            0,
            0,
            0,
            0,
            0,
            payload.length >> 16,
            (payload.length >> 8) & 0xff,
            payload.length & 0xff,
            0,
            0,
            0,
            0,
          ]);
  return Buffer.concat([head, payload]);
}
