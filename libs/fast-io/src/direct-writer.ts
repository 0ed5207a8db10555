import { writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { type Writable } from 'node:stream';

/** Where Node.js keeps the descriptor of a plain socket. Not part of its public interface. */
interface WithHandle {
  _handle?: { readonly fd?: number } | null;
}

/**
 * Writes bytes to the kernel without the stream, whose overhead adds to the system call's cost. Bytes that
 * the kernel does not take are left to the stream, which waits and reports errors. Without a descriptor the
 * stream writes everything.
 */
export class DirectWriter {
  /** The handle of the descriptor. A closed socket has none, and the number may belong to another one by then. */
  private readonly handle: WithHandle['_handle'];
  private readonly descriptor: number;

  constructor(
    private readonly stream: Writable & WithHandle,
    isOn: boolean,
  ) {
    // Exactly this class: bytes for a TLS socket must be encrypted first.
    const kind: unknown = stream.constructor;
    this.handle = isOn && kind === Socket ? stream._handle : undefined;
    this.descriptor = this.handle?.fd ?? -1;
  }

  /** Descriptor to write to now; −1 if there is none, or the stream still holds bytes that go first. */
  get openDescriptor(): number {
    const { stream } = this;
    return stream._handle !== this.handle || stream.writableLength > 0 ? -1 : this.descriptor;
  }

  /** Returns how many of the bytes were written. */
  write(bytes: Buffer): number {
    const descriptor = this.openDescriptor;
    if (descriptor < 0) {
      return 0;
    }
    try {
      return writeSync(descriptor, bytes, 0, bytes.length);
    } catch {
      // The kernel's buffer is full, or the peer has closed.
      return 0;
    }
  }
}
