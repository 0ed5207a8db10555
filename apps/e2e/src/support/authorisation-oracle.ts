import { readFile } from 'node:fs/promises';

/**
 * The rules of docs/authorisation.md, docs/server-sdk.md and docs/protocol.md, written from these pages and not from
 * the code. It imports nothing of the code that it judges.
 */

/** A row of the table of client methods. Omitted codes: the row does not check it. */
export interface MethodRow {
  notInRoom?: number;
  /** Any of them, by the kind of the stream. */
  rights: string[];
  withoutRight?: number;
  /** Undefined if another session's stream is allowed or without effect. */
  foreignStream?: number;
}

export interface RoomEntry {
  roomId?: string;
  roomPattern?: string;
  rights: string[];
  streams?: string[];
}

export interface Credential {
  name: string;
  kind: 'appSign' | 'token04' | 'native';
  /** Omitted: all rooms. A token04 names one room at most. */
  rooms?: RoomEntry[];
  streams?: string[];
  listenOnly?: boolean;
}

/** One request of the matrix. */
export interface Cell {
  /** The row of the table. */
  row: string;
  /** The room that the request names. */
  room?: string;
  /** Of a switch and a login: the room that is entered. */
  enters?: string;
  stream?: { id: string; isData?: boolean; isForeign?: boolean };
  /** Code of a rule that is no matter of authority, once everything else is allowed. */
  otherwise?: number;
}

const methodPattern = /^\| `([a-z]+\.[A-Za-z]+)`(, a further room)? \| (\S+) \| ([^|]+) \| ([^|]+) \|$/gm;

export async function readMethodTable(): Promise<Map<string, MethodRow>> {
  const page = await readPage('authorisation.md');
  return new Map(
    [...page.matchAll(methodPattern)].map(([, method, further = '', notInRoom, right, stream]) => {
      const [, names, code] = /^(.+): (\d{7})$/.exec(right!.trim()) ?? [];
      return [
        `${method}${further}`,
        {
          rights: [...(names ?? '').matchAll(/`([A-Za-z]+)`/g)].map(([, name]) => name!),
          ...(code === undefined ? {} : { withoutRight: Number(code) }),
          ...numberOf('notInRoom', notInRoom!),
          ...numberOf('foreignStream', stream!.trim()),
        },
      ];
    }),
  );
}

/** The codes of refused tokens. */
export async function readTokenTable(): Promise<Map<string, number>> {
  const page = await readPage('authorisation.md');
  const section = page.split('### Tokens at a login')[1]!.split('\n## ')[0]!;
  return new Map(
    [...section.matchAll(/^\| ([a-z][^|]+) \| (\d{7})/gm)].map(([, name, code]) => [name!, Number(code)]),
  );
}

/** The permission of each privileged request, `service.method`. */
export async function readRequestTable(): Promise<Map<string, { permission: string; isOptional: boolean }>> {
  const page = await readPage('authorisation.md');
  const section = page.split('## Privileged requests')[1]!;
  return new Map(
    [...section.matchAll(/^\| `([a-z]+\.[A-Za-z]+)`(,[^|]*)? \| `([A-Za-z]+:[A-Za-z]+)` \|$/gm)].map(
      ([, request, condition, permission]) => [
        request!,
        { permission: permission!, isOptional: condition !== undefined },
      ],
    ),
  );
}

/** Methods that concern a played stream. */
const ofPlayedStreams = ['stream.resume', 'stream.limit'];

/** What a session may do, from its credential and from what it did before. */
export class SessionOracle {
  private readonly members = new Set<string>();
  private readonly published = new Set<string>();
  private readonly played = new Set<string>();
  private readonly shown = new Map<string, Set<string>>();

  constructor(
    private readonly table: Map<string, MethodRow>,
    private readonly credential: Credential,
  ) {}

  /** The code of a request, 0 if it is allowed; remembers its effect. */
  next(cell: Cell): number {
    const code = this.codeOf(cell);
    if (code === 0) {
      this.apply(cell);
    }
    return code;
  }

  private codeOf(cell: Cell): number {
    const further = cell.row.endsWith(', a further room');
    const row = this.table.get(further ? cell.row.split(',')[0]! : cell.row)!;
    const { room } = cell;
    if (room !== undefined && row.notInRoom !== undefined && !this.members.has(room)) {
      return row.notInRoom;
    }
    const right = this.lacksRight(row, cell) ? row.withoutRight! : 0;
    const stream = this.lacksStream(row, cell) ? row.foreignStream! : 0;
    // A method that names no room begins with the stream.
    const refusal = room === undefined ? stream || right : right || stream;
    if (refusal !== 0) {
      return refusal;
    }
    if (further && !holds(this.credential, room!, 'share', cell.stream!.id)) {
      return this.table.get(cell.row)!.withoutRight!;
    }
    return cell.otherwise ?? 0;
  }

  private lacksRight({ rights, withoutRight }: MethodRow, { row, room, enters, stream }: Cell): boolean {
    if (withoutRight === undefined) {
      return false;
    }
    // A share of a stream that is not published asks for `media`.
    const isData =
      stream?.isData === true && (!row.startsWith('stream.share') || this.published.has(stream.id));
    const right = rights.length === 1 ? rights[0]! : isData ? 'data' : 'media';
    const limited = right === 'media' || right === 'data' ? stream?.id : undefined;
    const target = enters ?? room;
    const rooms = target === undefined ? [...this.members] : [target];
    return !rooms.some((each) => holds(this.credential, each, right, limited));
  }

  private lacksStream({ foreignStream }: MethodRow, { row, stream }: Cell): boolean {
    if (foreignStream === undefined || stream === undefined) {
      return false;
    }
    if (row === 'stream.publish') {
      return stream.isForeign === true;
    }
    return !(ofPlayedStreams.includes(row) ? this.played : this.published).has(stream.id);
  }

  private apply({ row, room, enters, stream }: Cell): void {
    switch (row) {
      case 'room.login':
        this.members.add(enters!);
        break;
      case 'room.switch':
        this.members.delete(room!);
        this.members.add(enters!);
        break;
      case 'room.logout':
        this.members.delete(room!);
        break;
      case 'stream.publish':
        this.published.add(stream!.id);
        break;
      case 'stream.play':
        this.played.add(stream!.id);
        break;
      case 'stream.stopPlay':
        this.played.delete(stream!.id);
        break;
      case 'stream.stopPublish':
        this.published.delete(stream!.id);
        break;
      case 'stream.share':
      case 'stream.share, a further room':
        this.shown.set(stream!.id, (this.shown.get(stream!.id) ?? new Set()).add(room!));
        break;
      case 'stream.unshare': {
        const rooms = this.shown.get(stream!.id);
        rooms?.delete(room!);
        if (rooms?.size === 0) {
          this.published.delete(stream!.id);
        }
        break;
      }
      default:
    }
  }
}

/** The rights of a right, by the table of docs/server-sdk.md. */
const included: Record<string, string[]> = {
  publish: ['media', 'data'],
  message: ['sendMessages', 'readMessages', 'attributes'],
};
/** The two rights of a token04. */
const ofToken04: Record<string, string[]> = {
  login: ['login', 'subscribe', 'message'],
  publish: ['publish', 'share'],
};
const listenOnlyRights = ['login', 'subscribe', 'readMessages'];

/** Whether a credential has a right in a room; for `streamId`, one entry must grant both. */
export function holds(
  { kind, rooms, streams, listenOnly }: Credential,
  room: string,
  right: string,
  streamId?: string,
): boolean {
  if (listenOnly === true && !listenOnlyRights.includes(right)) {
    return false;
  }
  if (!allowsStream(streams, streamId)) {
    return false;
  }
  if (rooms === undefined) {
    return right !== 'hidden';
  }
  return rooms.some((entry) => {
    const names = kind === 'token04' ? entry.rights.flatMap((name) => ofToken04[name]!) : entry.rights;
    const all = names.flatMap((name) => [name, ...(included[name] ?? [])]);
    const concerns = entry.roomId === room || matches(entry.roomPattern, room);
    return concerns && all.includes(right) && allowsStream(entry.streams, streamId);
  });
}

function allowsStream(streams: string[] | undefined, streamId: string | undefined): boolean {
  return streams === undefined || streamId === undefined || streams.some((each) => matches(each, streamId));
}

function matches(pattern: string | undefined, text: string): boolean {
  return (
    pattern !== undefined &&
    new RegExp(`^${pattern.replace(/[^\w*]/g, '\\$&').replaceAll('*', '.*')}$`, 's').test(text)
  );
}

function numberOf<K extends string>(name: K, cell: string): { [P in K]?: number } {
  return (/^\d{7}$/.test(cell) ? { [name]: Number(cell) } : {}) as { [P in K]?: number };
}

function readPage(name: string): Promise<string> {
  return readFile(new URL(`../../../../docs/${name}`, import.meta.url), 'utf8');
}
