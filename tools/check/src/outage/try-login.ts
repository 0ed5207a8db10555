import { WebSocket } from 'ws';

/** Codes of attempts without an answer: they count as failed logins. */
export const noAnswer = { unreachable: -1, closed: -2, late: -3 } as const;

const deadlineMs = 15_000;

/** Opens a socket, logs in, and closes it. Returns the code of the answer; 0: logged in. */
export function tryLogin(wsUrl: string, params: object): Promise<number> {
  const socket = new WebSocket(wsUrl);
  return new Promise<number>((resolve) => {
    const timer = setTimeout(() => resolve(noAnswer.late), deadlineMs);
    const end = (code: number): void => {
      clearTimeout(timer);
      resolve(code);
    };
    socket.on('open', () => socket.send(JSON.stringify({ id: 1, method: 'room.login', params })));
    socket.on('message', (data: Buffer) => {
      const frame = JSON.parse(data.toString()) as { id?: number; error?: { code: number } };
      if (frame.id === 1) {
        end(frame.error?.code ?? 0);
      }
    });
    socket.on('error', () => end(noAnswer.unreachable));
    socket.on('close', () => end(noAnswer.closed));
  }).finally(() => socket.terminate());
}
