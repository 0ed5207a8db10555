import { type Ledger } from './ledger.js';
import { ReconnectingSocket } from './reconnecting-socket.js';

const answerTimeoutMs = 8000;
const retryMs = 200;

/**
 * A member of a socket.io room, in its wire protocol: it reconnects and repeats unanswered messages as well.
 */
export class SocketIoMember {
  private readonly socket: ReconnectingSocket;
  private readonly answers = new Map<number, (isAnswered: boolean) => void>();
  private nextId = 1;
  private isIn = false;
  private isClosed = false;

  constructor(
    urls: string[],
    place: number,
    private readonly roomId: string,
    private readonly userId: string,
    private readonly ledger: Ledger,
  ) {
    const addresses = urls.map((url) => `${url}/socket.io/?EIO=4&transport=websocket&room=${roomId}`);
    this.socket = new ReconnectingSocket(
      addresses,
      undefined,
      {
        onOpen: () => {},
        onMessage: (text) => this.handle(text),
        onLost: () => {
          this.isIn = false;
          [...this.answers.values()].forEach((answer) => answer(false));
        },
      },
      place,
    );
  }

  get isReady(): boolean {
    return this.isIn;
  }

  async say(): Promise<void> {
    const { number, content } = this.ledger.write(this.roomId);
    while (!this.isClosed) {
      if (await this.send(content)) {
        this.ledger.handleAcknowledged(this.roomId, number);
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, retryMs));
    }
  }

  close(): void {
    this.isClosed = true;
    this.socket.close();
    [...this.answers.values()].forEach((answer) => answer(false));
  }

  private send(content: string): Promise<boolean> {
    return new Promise((resolve) => {
      const id = this.nextId++;
      const timer = setTimeout(() => settle(false), answerTimeoutMs);
      const settle = (isAnswered: boolean): void => {
        clearTimeout(timer);
        this.answers.delete(id);
        resolve(isAnswered);
      };
      this.answers.set(id, settle);
      if (!this.isIn || !this.socket.send(`42${id}${JSON.stringify(['message', content])}`)) {
        settle(false);
      }
    });
  }

  private handle(text: string): void {
    if (text.startsWith('0{')) {
      this.socket.send('40');
    } else if (text.startsWith('40')) {
      this.isIn = true;
    } else if (text === '2') {
      this.socket.send('3');
    } else if (text.startsWith('43')) {
      this.answers.get(Number.parseInt(text.slice(2), 10))?.(true);
    } else if (text.startsWith('42')) {
      const [, content] = JSON.parse(text.slice(2)) as [string, string];
      // Without sequence numbers the order cannot be checked.
      this.ledger.handleReceived(this.userId, content, true);
    }
  }
}
