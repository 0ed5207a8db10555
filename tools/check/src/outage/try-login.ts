import { clientCloseCodes, clientLeaveCloseCode } from '@polyroom/contracts';
import { WebSocket } from 'ws';

/** Codes of attempts without an answer: they count as failed logins. */
export const noAnswer = { unreachable: -1, closed: -2, late: -3 } as const;

export interface LoginAnswer {
  /** 0: logged in. */
  code: number;
  /** Whether the same login may succeed later. */
  retryable: boolean;
}

const defaultDeadlineMs = 15_000;

/** Opens a socket, logs in, and leaves. */
export function tryLogin(
  wsUrl: string,
  params: object,
  deadlineMs = defaultDeadlineMs,
): Promise<LoginAnswer> {
  const socket = new WebSocket(wsUrl);
  return new Promise<LoginAnswer>((resolve) => {
    const timer = setTimeout(() => end(noAnswer.late), deadlineMs);
    const end = (code: number, retryable = true): void => {
      clearTimeout(timer);
      resolve({ code, retryable });
    };
    socket.on('open', () => socket.send(JSON.stringify({ id: 1, method: 'room.login', params })));
    socket.on('message', (data: Buffer) => {
      const frame = JSON.parse(data.toString()) as {
        id?: number;
        error?: { code: number; retryable: boolean };
      };
      if (frame.id === 1) {
        end(frame.error?.code ?? 0, frame.error?.retryable ?? false);
      }
    });
    socket.on('error', () => end(noAnswer.unreachable));
    socket.on('close', (closeCode) => end(noAnswer.closed, closeCode < clientCloseCodes.protocolError));
  }).finally(() => {
    if (socket.readyState === WebSocket.OPEN) {
      socket.close(clientLeaveCloseCode);
    } else {
      socket.terminate();
    }
  });
}
