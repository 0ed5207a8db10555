import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';

export interface Asked {
  path: string;
  body: { content: string; kind?: string; key?: string };
  signature: string;
  text: string;
}

/** An application server that records its requests and replies as a spec configures. */
export class FakeAppServer {
  asked: Asked[] = [];
  /** Undefined: it never replies. */
  answer: (content: string) => unknown = () => ({ action: 'allow' });
  delayMs: (content: string) => number = () => 0;

  private constructor(private readonly server: Server) {}

  static async start(): Promise<FakeAppServer> {
    const server = createServer();
    const started = new FakeAppServer(server);
    server.on('request', (request, response) => {
      let text = '';
      request.on('data', (chunk) => (text += chunk));
      request.on('end', () => {
        const body = JSON.parse(text);
        const signature = String(request.headers['polyroom-signature']);
        started.asked.push({ path: request.url!, body, signature, text });
        const reply = started.answer(body.content);
        if (reply !== undefined) {
          setTimeout(() => response.end(JSON.stringify(reply)), started.delayMs(body.content));
        }
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return started;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Restores the initial state. */
  reset(): void {
    this.asked = [];
    this.answer = () => ({ action: 'allow' });
    this.delayMs = () => 0;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}
