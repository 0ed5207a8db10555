import { toClientNetwork } from '@polyroom/addresses';

/** Why a socket is refused: a limit of the process or of the client's address, on all or unauthenticated sockets. */
export type AdmissionRefusal = 'process' | 'address' | 'unauthenticated' | 'unauthenticated_address';

export interface AdmissionLimits {
  maxSockets: number;
  maxSocketsPerAddress: number;
  maxUnauthenticatedSockets: number;
  maxUnauthenticatedSocketsPerAddress: number;
}

/** The place of one open socket. */
export interface AdmittedSocket {
  /** The socket has logged in, or resumed a session. Idempotent. */
  authenticate(): void;
  /** The socket has closed. Idempotent. */
  leave(): void;
}

interface Counts {
  open: number;
  unauthenticated: number;
}

/** Counts open sockets against their limits, for the process and for each client address. */
export class Admission {
  private readonly total: Counts = { open: 0, unauthenticated: 0 };
  private readonly byNetwork = new Map<string, Counts>();

  constructor(private readonly limits: AdmissionLimits) {}

  get unauthenticated(): number {
    return this.total.unauthenticated;
  }

  /** The limit that refuses one more socket of this client; undefined if there is none. */
  findRefusal(clientAddress: string | undefined): AdmissionRefusal | undefined {
    const own = this.byNetwork.get(networkOf(clientAddress)) ?? { open: 0, unauthenticated: 0 };
    if (own.open >= this.limits.maxSocketsPerAddress) {
      return 'address';
    }
    if (own.unauthenticated >= this.limits.maxUnauthenticatedSocketsPerAddress) {
      return 'unauthenticated_address';
    }
    if (this.total.open >= this.limits.maxSockets) {
      return 'process';
    }
    return this.total.unauthenticated >= this.limits.maxUnauthenticatedSockets
      ? 'unauthenticated'
      : undefined;
  }

  /** Counts a socket, unauthenticated at first. */
  admit(clientAddress: string | undefined): AdmittedSocket {
    const network = networkOf(clientAddress);
    const own = this.byNetwork.get(network) ?? { open: 0, unauthenticated: 0 };
    this.byNetwork.set(network, own);
    const change = (name: keyof Counts, by: 1 | -1): void => {
      own[name] += by;
      this.total[name] += by;
    };
    change('open', 1);
    change('unauthenticated', 1);
    let state: 'unauthenticated' | 'authenticated' | 'left' = 'unauthenticated';
    return {
      authenticate: () => {
        if (state === 'unauthenticated') {
          state = 'authenticated';
          change('unauthenticated', -1);
        }
      },
      leave: () => {
        if (state === 'unauthenticated') {
          change('unauthenticated', -1);
        }
        if (state !== 'left') {
          state = 'left';
          change('open', -1);
        }
        if (own.open === 0) {
          this.byNetwork.delete(network);
        }
      },
    };
  }
}

/** Clients whose address is unknown share one place. */
function networkOf(clientAddress: string | undefined): string {
  return clientAddress === undefined ? 'unknown' : toClientNetwork(clientAddress);
}
