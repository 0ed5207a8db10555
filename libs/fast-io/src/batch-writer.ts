import { createRequire } from 'node:module';
import { arch, platform } from 'node:process';
import type * as Koffi from 'koffi';

/** Loads synchronously, and only where the system has the call. By this name, the images' trace of files finds it. */
const require = createRequire(import.meta.url);

/** The owner of bytes in a batch. */
export interface BatchTarget {
  /** The kernel took fewer bytes than given: none if its buffer is full or the peer has closed. */
  handleTaken(bytes: Buffer, takenBytes: number): void;
}

type SystemCall = (number: number, ...parameters: (number | bigint)[]) => number;

interface CallNumbers {
  readonly setup: number;
  readonly destroy: number;
  readonly submit: number;
  readonly getEvents: number;
}

/** Syscall numbers of io_setup(2) and related calls (Linux, asm/unistd_64.h and asm-generic/unistd.h). */
const callNumbers: Partial<Record<string, CallNumbers>> = {
  x64: { setup: 206, destroy: 207, submit: 209, getEvents: 208 },
  arm64: { setup: 0, destroy: 1, submit: 2, getEvents: 4 },
};

const maxWrites = 256;
/** `struct iocb` and `struct io_event` (linux/aio_abi.h) in 32-bit units. */
const requestInts = 16;
const eventInts = 8;
const writeOperation = 1;

/**
 * Writes to many sockets in one system call, Linux's io_submit(2): entering and leaving the kernel is a
 * quarter of the cost of a write to a socket. The sockets do not block, so all writes are done when the call
 * returns, and none is pending between two event-loop ticks.
 */
export class BatchWriter {
  private readonly requests = new Int32Array(new ArrayBuffer(maxWrites * requestInts * 4));
  private readonly pointers = new BigUint64Array(new ArrayBuffer(maxWrites * 8));
  private readonly events = new Int32Array(new ArrayBuffer(maxWrites * eventInts * 4));
  private readonly pointersAt: bigint;
  private readonly eventsAt: bigint;
  private readonly targets: BatchTarget[] = [];
  /** Referenced until the call returns: their memory must not be freed before. */
  private readonly buffers: Buffer[] = [];
  private lastBytes: Buffer | undefined;
  private addressLow = 0;
  private addressHigh = 0;
  private count = 0;
  private isClosed = false;

  /** Undefined if the system has no such call or does not allow it. */
  static open(): BatchWriter | undefined {
    const numbers = platform === 'linux' ? callNumbers[arch] : undefined;
    if (numbers === undefined) {
      return undefined;
    }
    try {
      const koffi = require('koffi') as typeof Koffi;
      const call = koffi
        .load(null)
        .func('long syscall(long, uint64, uint64, uint64, uint64, uint64)') as SystemCall;
      const context = new BigUint64Array(new ArrayBuffer(8));
      if (call(numbers.setup, maxWrites, koffi.address(context), 0, 0, 0) !== 0) {
        return undefined;
      }
      return new BatchWriter(call, koffi.address, numbers, context[0]!);
    } catch {
      // koffi has no binary for this C library or processor.
      return undefined;
    }
  }

  private constructor(
    private readonly call: SystemCall,
    private readonly addressOf: (memory: ArrayBufferView) => bigint,
    private readonly numbers: CallNumbers,
    private readonly context: bigint,
  ) {
    this.pointersAt = addressOf(this.pointers);
    this.eventsAt = addressOf(this.events);
    const requestsAt = addressOf(this.requests);
    for (let index = 0; index < maxWrites; index++) {
      this.pointers[index] = requestsAt + BigInt(index * requestInts * 4);
      this.requests[index * requestInts] = index;
      this.requests[index * requestInts + 4] = writeOperation;
    }
  }

  /** Adds a write to a socket that does not block. A full batch is submitted at once. */
  add(descriptor: number, bytes: Buffer, target: BatchTarget): void {
    if (bytes !== this.lastBytes) {
      this.lastBytes = bytes;
      const address = this.addressOf(bytes);
      this.addressLow = Number(address & 0xffff_ffffn);
      this.addressHigh = Number(address >> 32n);
    }
    const { requests, count } = this;
    const at = count * requestInts;
    requests[at + 5] = descriptor;
    requests[at + 6] = this.addressLow;
    requests[at + 7] = this.addressHigh;
    requests[at + 8] = bytes.length;
    this.targets[count] = target;
    this.buffers[count] = bytes;
    this.count = count + 1;
    if (this.count === maxWrites) {
      this.submit();
    }
  }

  /** Writes what was added, and notifies the targets whose bytes were not all taken. */
  submit(): void {
    const { count, numbers, events, buffers, targets } = this;
    if (count === 0) {
      return;
    }
    this.count = 0;
    // The kernel stops at the first request that it refuses.
    const submitted = Math.max(0, this.call(numbers.submit, this.context, count, this.pointersAt, 0, 0));
    if (submitted > 0) {
      const done = this.call(numbers.getEvents, this.context, submitted, submitted, this.eventsAt, 0);
      if (done !== submitted) {
        throw new Error(`io_getevents returned ${done} of ${submitted} completed writes`);
      }
    }
    for (let index = 0; index < submitted; index++) {
      const written = events[index * eventInts]!;
      const taken = events[index * eventInts + 4]!;
      if (taken < buffers[written]!.length) {
        targets[written]!.handleTaken(buffers[written]!, Math.max(0, taken));
      }
    }
    for (let index = submitted; index < count; index++) {
      targets[index]!.handleTaken(buffers[index]!, 0);
    }
    this.lastBytes = undefined;
    buffers.length = 0;
    targets.length = 0;
  }

  /** Releases the kernel's context. Call it with nothing added since the last submit. Idempotent. */
  close(): void {
    if (!this.isClosed) {
      this.isClosed = true;
      this.call(this.numbers.destroy, this.context, 0, 0, 0, 0);
    }
  }
}
