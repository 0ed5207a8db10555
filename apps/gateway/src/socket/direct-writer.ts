import { writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { type Writable } from 'node:stream';

/** Where Node.js keeps the descriptor of a plain socket. Not part of its interface: without it the stream writes. */
interface WithHandle {
  _handle?: { readonly fd?: number } | null;
}

/**
 * Hands bytes to the kernel past the stream: the system call is what a delivery costs, and the way through the
 * stream comes on top of it. What the kernel does not take is for the stream, which waits and tells errors.
 */
export class DirectWriter {
  /** The one whose descriptor this is. A closed socket has none any more, and its number may be another one's. */
  private readonly handle: WithHandle['_handle'];
  private readonly descriptor: number;

  constructor(private readonly stream: Writable & WithHandle) {
    // Exactly this class: what a TLS socket is given must not go out as it is.
    const kind: unknown = stream.constructor;
    this.handle = kind === Socket ? stream._handle : undefined;
    this.descriptor = this.handle?.fd ?? -1;
  }

  /** Where bytes may be written now; −1 where there is nowhere or the stream still holds something that goes first. */
  get openDescriptor(): number {
    const { stream } = this;
    return stream._handle !== this.handle || stream.writableLength > 0 ? -1 : this.descriptor;
  }

  /** How many of the bytes are gone. */
  write(bytes: Buffer): number {
    const descriptor = this.openDescriptor;
    if (descriptor < 0) {
      return 0;
    }
    try {
      return writeSync(descriptor, bytes, 0, bytes.length);
    } catch {
      // The kernel's buffer is full, or the other side is gone.
      return 0;
    }
  }
}
