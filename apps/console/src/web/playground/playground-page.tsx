import { type ReactNode, useCallback, useEffect, useReducer, useRef, useState } from 'react';
import { type PageConfig } from '../page-config.js';
import { CodePanel } from './code/code-panel.js';
import { type Step } from './code/step.js';
import { Header } from './header.js';
import { JoinPanel } from './join/join-panel.js';
import { type Described } from './log/describe-event.js';
import { EventLog } from './log/event-log.js';
import { addLine, type LogLine } from './log/log-lines.js';
import { addNotice, type Notice } from './notices.js';
import { NoticeList } from './notice-list.js';
import { OtherPages } from './other-pages.js';
import { PlaygroundContext } from './playground-context.js';
import { Session } from './session.js';
import { readAddress } from './state/address.js';
import { keepState, restoreState, tabStorage } from './state/kept-state.js';
import { reducePage } from './state/page-state.js';
import { texts } from './texts.js';

const exampleRooms = ['room1', 'room2'];
const noLines: readonly LogLine[] = [];
const noNotices: readonly Notice[] = [];

function newGuestId(): string {
  return `guest-${Math.random().toString(36).slice(2, 6)}`;
}

/** The page: a form until the user has joined, then the session; below them the code and the event log. */
export function PlaygroundPage({ config }: { config: PageConfig }): ReactNode {
  const [state, dispatch] = useReducer(reducePage, undefined, () =>
    restoreState(readAddress(location.hash), tabStorage(), config.demoApps, newGuestId()),
  );
  const [step, setStep] = useState<Step>(() => ({
    type: 'join',
    roomIds: state.roomIds.length > 0 ? state.roomIds : exampleRooms,
  }));
  const [lines, log] = useReducer(
    (known: readonly LogLine[], described: Described) => addLine(known, { ...described, atMs: Date.now() }),
    noLines,
  );
  const [notices, setNotices] = useState(noNotices);
  const notify = useCallback(
    (what: string, failure: unknown) => setNotices((known) => addNotice(known, what, failure)),
    [],
  );
  useEffect(() => {
    history.replaceState(null, '', keepState(state, tabStorage()));
    document.title = texts.windowTitle(state.isIn ? state.roomIds : []);
  }, [state]);
  const { isIn } = state;
  const wasIn = useRef(isIn);
  useEffect(() => {
    if (wasIn.current !== isIn) {
      // The button that had the focus is no longer there.
      document.querySelector('main')?.focus({ preventScroll: true });
      wasIn.current = isIn;
    }
  }, [isIn]);
  return (
    <PlaygroundContext value={{ config, state, dispatch, showCode: setStep, notify }}>
      {isIn ? (
        <Session onEvent={log}>
          <NoticeList notices={notices} onChange={setNotices} />
        </Session>
      ) : (
        <>
          <Header />
          <main className="start" tabIndex={-1}>
            <NoticeList notices={notices} onChange={setNotices} />
            <p className="lead">{texts.lead}</p>
            <JoinPanel />
            <OtherPages />
          </main>
        </>
      )}
      <aside className="dock" aria-label={`${texts.code.title}, ${texts.log.title}`}>
        <CodePanel step={step} />
        <EventLog lines={lines} />
      </aside>
    </PlaygroundContext>
  );
}
