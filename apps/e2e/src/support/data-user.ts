import { type BrowserUser } from '@polyroom/cluster';

/** Messages of one stream received by one room's manager: their leading numbers. */
export interface DataRecord {
  numbers: number[];
  /** Bytes that differ from the sent ones. */
  damaged: number;
  interrupted: number;
}

interface DataPage {
  start(what: 'startBroadcasting' | 'startSubscribing', roomID: string, streamID: string): Promise<number>;
  stop(what: 'stopBroadcasting' | 'stopSubscribing', roomID: string, streamID: string): Promise<number>;
  send(roomID: string, streamID: string, count: number): Promise<number[]>;
  sendBytes(roomID: string, streamID: string, bytes: number): Promise<number>;
  keepSending(roomID: string, streamID: string): void;
  flood(count: number): number;
  read(roomID: string, streamID: string): DataRecord;
  publisherCodes: Record<string, number[]>;
}

type Page = { data: DataPage };

/** A user of real-time sequential data, through the SDK's public API. */
export class DataUser {
  private constructor(readonly user: BrowserUser) {}

  static async of(user: BrowserUser): Promise<DataUser> {
    await user.page.evaluate(prepare);
    return new DataUser(user);
  }

  broadcast(roomID: string, streamID: string): Promise<number> {
    return this.user.page.evaluate(
      ([room, stream]) => (window as never as Page).data.start('startBroadcasting', room, stream),
      [roomID, streamID] as const,
    );
  }

  subscribe(roomID: string, streamID: string): Promise<number> {
    return this.user.page.evaluate(
      ([room, stream]) => (window as never as Page).data.start('startSubscribing', room, stream),
      [roomID, streamID] as const,
    );
  }

  stop(what: 'stopBroadcasting' | 'stopSubscribing', roomID: string, streamID: string): Promise<number> {
    return this.user.page.evaluate(
      ([which, room, stream]) => (window as never as Page).data.stop(which, room, stream),
      [what, roomID, streamID] as const,
    );
  }

  /** Sends numbered messages of many sizes as fast as they are accepted. Returns the codes other than 0. */
  send(roomID: string, streamID: string, count: number): Promise<number[]> {
    return this.user.page.evaluate(
      ([room, stream, times]) => (window as never as Page).data.send(room, stream, times),
      [roomID, streamID, count] as const,
    );
  }

  sendBytes(roomID: string, streamID: string, bytes: number): Promise<number> {
    return this.user.page.evaluate(
      ([room, stream, size]) => (window as never as Page).data.sendBytes(room, stream, size),
      [roomID, streamID, bytes] as const,
    );
  }

  /** Sends a message every 20 ms from now on, ignoring errors. */
  keepSending(roomID: string, streamID: string): Promise<void> {
    return this.user.page.evaluate(
      ([room, stream]) => (window as never as Page).data.keepSending(room, stream),
      [roomID, streamID] as const,
    );
  }

  /** Bypasses the SDK and sends over the channel it opened last. Returns the number of sent messages. */
  flood(count: number): Promise<number> {
    return this.user.page.evaluate((times) => (window as never as Page).data.flood(times), count);
  }

  read(roomID: string, streamID: string): Promise<DataRecord> {
    return this.user.page.evaluate(([room, stream]) => (window as never as Page).data.read(room, stream), [
      roomID,
      streamID,
    ] as const);
  }

  publisherCodes(streamID: string): Promise<number[]> {
    return this.user.page.evaluate(
      (stream) => (window as never as Page).data.publisherCodes[stream] ?? [],
      streamID,
    );
  }
}

/** Runs in the page. */
function prepare(): void {
  /* eslint-disable @typescript-eslint/no-explicit-any -- the SDK's own types are not in reach of the page */
  const page = window as any;
  const { engine } = page.user;
  const managers = new Map<string, any>();
  const records = new Map<string, DataRecord>();
  const channels: RTCDataChannel[] = [];
  const nextNumbers = new Map<string, number>();
  const { createDataChannel } = RTCPeerConnection.prototype;
  RTCPeerConnection.prototype.createDataChannel = function (...args) {
    const channel = createDataChannel.apply(this, args);
    channels.push(channel);
    return channel;
  };
  const recordOf = (roomID: string, streamID: string): DataRecord => {
    const key = `${roomID}/${streamID}`;
    const record = records.get(key) ?? { numbers: [], damaged: 0, interrupted: 0 };
    records.set(key, record);
    return record;
  };
  const sizeOf = (number: number): number => 4 + ((number * 37) % 4000);
  const managerOf = (roomID: string): any => {
    let manager = managers.get(roomID);
    if (manager === undefined) {
      manager = engine.createRealTimeSequentialDataManager(roomID);
      managers.set(roomID, manager);
      manager.on('receiveRealTimeSequentialData', (_: unknown, data: ArrayBuffer, streamID: string) => {
        const record = recordOf(roomID, streamID);
        const number = new DataView(data).getUint32(0);
        record.numbers.push(number);
        record.damaged += data.byteLength === sizeOf(number) ? 0 : 1;
      });
      manager.on('realTimeSequentialDataInterrupted', (_: unknown, streamID: string) => {
        recordOf(roomID, streamID).interrupted += 1;
      });
    }
    return manager;
  };
  const codeOf = async (work: () => unknown): Promise<number> => {
    try {
      await work();
      return 0;
    } catch (error) {
      return (error as { code: number }).code;
    }
  };
  const sendNext = async (roomID: string, streamID: string): Promise<number> => {
    const number = nextNumbers.get(streamID) ?? 0;
    const bytes = new Uint8Array(sizeOf(number));
    new DataView(bytes.buffer).setUint32(0, number);
    const { errorCode } = await managerOf(roomID).sendRealTimeSequentialData(bytes.buffer, streamID);
    if (errorCode === 0) {
      nextNumbers.set(streamID, number + 1);
    }
    return errorCode;
  };
  const publisherCodes: Record<string, number[]> = {};
  engine.on('publisherStateUpdate', ({ errorCode, streamID }: { errorCode: number; streamID: string }) => {
    if (errorCode !== 0) {
      (publisherCodes[streamID] ??= []).push(errorCode);
    }
  });
  const data: DataPage = {
    publisherCodes,
    start: (what, roomID, streamID) => codeOf(() => managerOf(roomID)[what](streamID)),
    stop: (what, roomID, streamID) => codeOf(() => managerOf(roomID)[what](streamID)),
    async send(roomID, streamID, count) {
      const codes: number[] = [];
      for (let sent = 0; sent < count && codes.length < 1000;) {
        const code = await sendNext(roomID, streamID);
        if (code === 0) {
          sent += 1;
        } else {
          codes.push(code);
          await new Promise((resolve) => setTimeout(resolve, 10));
        }
      }
      return codes;
    },
    async sendBytes(roomID, streamID, bytes) {
      const sent = await managerOf(roomID).sendRealTimeSequentialData(new ArrayBuffer(bytes), streamID);
      return sent.errorCode;
    },
    keepSending(roomID, streamID) {
      setInterval(() => void sendNext(roomID, streamID), 20);
    },
    flood(count) {
      const channel = channels.at(-1)!;
      let sent = 0;
      try {
        for (; sent < count; sent += 1) {
          channel.send(new Uint8Array(1));
        }
      } catch {
        // Its buffer is full, or it is closed: only earlier messages count.
      }
      return sent;
    },
    read: (roomID, streamID) => recordOf(roomID, streamID),
  };
  page.data = data;
}
