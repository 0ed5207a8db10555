import { describeErrorCode, ZegoError } from '@polyroom/zego';
import { element, getById } from './dom.js';

const toastLifeMs = 8000;
const maxLogLines = 300;

function clock(): string {
  return new Date().toLocaleTimeString([], { hour12: false });
}

/** Adds one line to the event log, newest first. */
export function log(event: string, room: string | undefined, text: string): void {
  const list = getById<HTMLOListElement>('log');
  list.prepend(
    element(
      'li',
      {},
      element('time', {}, clock()),
      element('b', {}, event),
      room !== undefined && element('span', { className: 'chip' }, room),
      element('span', {}, text),
    ),
  );
  while (list.children.length > maxLogLines) {
    list.lastElementChild?.remove();
  }
}

/** Shows an error code with its message. */
export function showCode(code: number, what: string, message = describeErrorCode(code)): void {
  const toast: HTMLElement = element(
    'div',
    { className: 'toast' },
    element('b', {}, `${what}: ${code}`),
    element('span', {}, message),
    element(
      'button',
      { type: 'button', aria: { label: 'Dismiss' }, onEvent: { click: () => toast.remove() } },
      '×',
    ),
  );
  getById('toasts').append(toast);
  setTimeout(() => toast.remove(), toastLifeMs);
  log('error', undefined, `${what}: ${code} ${message}`);
}

/** Runs a button's action and shows its error. */
export function attempt(what: string, work: () => unknown): void {
  void (async () => {
    try {
      await work();
    } catch (error) {
      if (error instanceof ZegoError) {
        showCode(error.code, what, error.message);
      } else {
        showCode(0, what, error instanceof Error ? error.message : String(error));
      }
    }
  })();
}
