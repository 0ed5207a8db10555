import { createConnection } from 'node:net';

const deadlineMs = 3000;

/**
 * Sends one command over a new connection and returns the reply as text. For tests without a Redis client.
 */
export function askRedis(port: number, command: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(port, '127.0.0.1');
    let answer = '';
    const fail = (error: Error): void => {
      socket.destroy();
      reject(error);
    };
    socket.setTimeout(deadlineMs, () => fail(new Error(`Redis at port ${port} does not answer`)));
    socket.once('error', fail);
    socket.once('connect', () => socket.write(encode(command)));
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      answer += chunk;
      const read = readReply(answer);
      if (read !== undefined) {
        socket.destroy();
        if (read.ok) {
          resolve(read.text);
        } else {
          reject(new Error(`Redis refuses ${command.join(' ')}: ${read.text}`));
        }
      }
    });
  });
}

function encode(command: string[]): string {
  return `*${command.length}\r\n${command.map((part) => `$${Buffer.byteLength(part)}\r\n${part}\r\n`).join('')}`;
}

/** A simple string, a number, an error or a bulk string of ASCII; undefined while it is incomplete. */
function readReply(answer: string): { ok: boolean; text: string } | undefined {
  const lineEnd = answer.indexOf('\r\n');
  if (lineEnd < 0) {
    return undefined;
  }
  const line = answer.slice(1, lineEnd);
  if (!answer.startsWith('$')) {
    return { ok: !answer.startsWith('-'), text: line };
  }
  const length = Number(line);
  const body = answer.slice(lineEnd + 2);
  return body.length < length + 2 ? undefined : { ok: true, text: body.slice(0, Math.max(0, length)) };
}
