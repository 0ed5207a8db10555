import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { classes, DtlsClient, Message, methods, type RtpHeader, SrtpSession } from 'werift';

/** The parameters of a mediasoup transport. */
export interface RemoteTransport {
  iceParameters: { usernameFragment: string; password: string };
  iceCandidates: { protocol: string; ip?: string; address?: string; port: number }[];
}

export interface PeerCertificate {
  keyPem: string;
  certPem: string;
  /** TLS numbers of the signature algorithms of the certificate. */
  signatureHash: { hash: number; signature: number };
}

const aesGcm = 7;
const keyBytes = 16;
const saltBytes = 12;
const localFragment = 'bench';
const iceRetryMs = 100;
const connectDeadlineMs = 20_000;

/**
 * The client's end of one WebRTC transport, without a library: ICE with a nominating binding request, DTLS,
 * SRTP for sent packets. Received packets stay encrypted, because the RTP header is readable anyway and a
 * load generator that decrypts measures itself.
 */
export class RtcPeer {
  onRtp: (packet: Buffer) => void = () => {};
  private srtp: SrtpSession | undefined;
  private onStunResponse: () => void = () => {};

  private constructor(
    private readonly socket: Socket,
    private readonly remote: RemoteTransport,
    private readonly address: { host: string; port: number },
  ) {
    socket.on('message', (packet) => this.handle(packet));
  }

  static async connect(remote: RemoteTransport, certificate: PeerCertificate): Promise<RtcPeer> {
    const candidate = remote.iceCandidates.find(({ protocol }) => protocol === 'udp')!;
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    const host = candidate.address ?? candidate.ip!;
    const peer = new RtcPeer(socket, remote, { host, port: candidate.port });
    await peer.openIce();
    await peer.openDtls(certificate);
    return peer;
  }

  get localPort(): number {
    return (this.socket.address() as AddressInfo).port;
  }

  sendRtp(header: RtpHeader, payload: Buffer): void {
    this.send(this.srtp!.encrypt(payload, header));
  }

  /** ICE consent, which mediasoup expects every 30 s. */
  keepAlive(): void {
    const message = new Message(methods.BINDING, classes.REQUEST);
    message
      .setAttribute('USERNAME', `${this.remote.iceParameters.usernameFragment}:${localFragment}`)
      .setAttribute('PRIORITY', 1)
      .setAttribute('ICE-CONTROLLING', 1n)
      .setAttribute('USE-CANDIDATE', null);
    message.addMessageIntegrity(Buffer.from(this.remote.iceParameters.password)).addFingerprint();
    this.send(message.bytes);
  }

  /** Shrinks the receive buffer to a packet or two: for a sink, which is not read. */
  squeeze(): void {
    this.socket.setRecvBufferSize(1);
  }

  close(): void {
    this.socket.close();
  }

  private send(packet: Uint8Array): void {
    this.socket.send(packet, this.address.port, this.address.host);
  }

  private onDtls: (packet: Buffer) => void = () => {};

  /** RFC 7983: the first byte identifies the protocol of a packet. */
  private handle(packet: Buffer): void {
    const first = packet[0]!;
    if (first < 4) {
      this.onStunResponse();
    } else if (first < 64) {
      this.onDtls(packet);
    } else if ((packet[1]! & 0x7f) < 64 || (packet[1]! & 0x7f) > 95) {
      this.onRtp(packet);
    }
  }

  private async openIce(): Promise<void> {
    let connected = false;
    this.onStunResponse = () => {
      connected = true;
    };
    const deadlineMs = performance.now() + connectDeadlineMs;
    while (!connected) {
      if (performance.now() > deadlineMs) {
        throw new Error(`no ICE answer from ${this.address.host}:${this.address.port}`);
      }
      this.keepAlive();
      await sleep(iceRetryMs);
    }
  }

  private async openDtls({ keyPem, certPem, signatureHash }: PeerCertificate): Promise<void> {
    const transport = {
      type: 'udp',
      onData: (_data: Buffer) => {},
      closed: false,
      address: this.socket.address() as AddressInfo,
      send: async (data: Buffer) => this.send(data),
      close: async () => {},
    };
    this.onDtls = (packet) => transport.onData(packet);
    const dtls = new DtlsClient({
      transport,
      cert: certPem,
      key: keyPem,
      signatureHash: signatureHash as never,
      srtpProfiles: [aesGcm],
      extendedMasterSecret: true,
    });
    const connected = new Promise<void>((resolve, reject) => {
      dtls.onConnect.subscribe(() => resolve());
      dtls.onError.subscribe(reject);
    });
    await dtls.connect();
    await connected;
    const { localKey, localSalt, remoteKey, remoteSalt } = dtls.extractSessionKeys(keyBytes, saltBytes);
    this.srtp = new SrtpSession({
      keys: {
        localMasterKey: localKey,
        localMasterSalt: localSalt,
        remoteMasterKey: remoteKey,
        remoteMasterSalt: remoteSalt,
      },
      profile: aesGcm,
    });
  }
}
