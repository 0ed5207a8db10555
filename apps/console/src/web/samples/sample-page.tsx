import { AudioUnlock, RoomsProvider } from '@polyroom/react';
import { type User } from '@polyroom/sdk';
import { type ComponentType, type ReactNode, type SubmitEvent, StrictMode, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { getById } from '../dom.js';
import { loadPageConfig, type PageConfig } from '../page-config.js';

/** A question before the sample starts: a choice, or a text. */
interface Question {
  name: string;
  label: string;
  values?: readonly string[];
  initial?: string;
}

export interface Sample {
  title: string;
  lead: string;
  questions: readonly Question[];
  /** Rendered with the answers. */
  App: ComponentType<{ answers: Record<string, string>; user: User }>;
}

/** The user and the answers are in the fragment of the address, so that a reload keeps them. */
const readAnswers = (): Record<string, string> =>
  Object.fromEntries(new URLSearchParams(location.hash.slice(1)));

/** The text of a form field; files are none. */
export const textOf = (value: FormDataEntryValue | null): string => (typeof value === 'string' ? value : '');

/** Renders a sample: first its questions, then the sample itself. */
export async function startSample(sample: Sample): Promise<void> {
  const root = getById('root');
  try {
    const config = await loadPageConfig('../../config.json');
    createRoot(root).render(
      <StrictMode>
        <SamplePage sample={sample} config={config} />
      </StrictMode>,
    );
  } catch (error) {
    root.textContent = String(error);
  }
}

function SamplePage({ config, sample }: { config: PageConfig; sample: Sample }): ReactNode {
  const [answers, setAnswers] = useState(readAnswers);
  const change = (next: Record<string, string>): void => {
    location.hash = String(new URLSearchParams(next));
    setAnswers(next);
  };
  const enter = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    // The address may carry answers that the form does not ask for: the AppID and its AppSign.
    const given = { ...answers };
    new FormData(event.currentTarget).forEach((value, name) => (given[name] = textOf(value)));
    change(given);
  };
  const { user } = answers;
  return (
    <>
      <header className="top">
        <h1>
          Polyroom <span>{sample.title}</span>
        </h1>
        {user && (
          <button
            type="button"
            onClick={() => {
              const { user: _, ...others } = answers;
              change(others);
            }}
          >
            Leave
          </button>
        )}
      </header>
      <main className="sample">
        {user ? (
          <Entered
            config={config}
            sample={sample}
            answers={answers}
            user={{ userId: user, userName: user }}
          />
        ) : (
          <form className="panel form" onSubmit={enter}>
            <p>{sample.lead}</p>
            <Field
              name="user"
              label="Your name"
              initial={`guest-${Math.random().toString(36).slice(2, 6)}`}
            />
            {sample.questions.map((question) => (
              <Field key={question.name} {...question} />
            ))}
            <button className="primary">Enter</button>
          </form>
        )}
      </main>
    </>
  );
}

function Field({ initial, label, name, values }: Question): ReactNode {
  return (
    <label className="field">
      <span>{label}</span>
      {values === undefined ? (
        <input name={name} defaultValue={initial} required />
      ) : (
        <select name={name}>
          {values.map((value) => (
            <option key={value}>{value}</option>
          ))}
        </select>
      )}
    </label>
  );
}

function Entered({
  answers,
  config,
  sample: { App },
  user,
}: {
  answers: Record<string, string>;
  config: PageConfig;
  sample: Sample;
  user: User;
}): ReactNode {
  const [demo] = config.demoApps;
  // An application of your own gets a token from your server instead: `tokenProvider`.
  const { appId = demo?.appId, appSign = demo?.appSign } = answers;
  if (appId === undefined || appSign === undefined) {
    return (
      <p className="failed">This server offers no demo AppID. Add #appId=…&amp;appSign=… to the address.</p>
    );
  }
  return (
    <RoomsProvider options={{ appId: Number(appId), appSign, server: config.gateways }} user={user}>
      <AudioUnlock className="primary">Play audio</AudioUnlock>
      <App answers={answers} user={user} />
    </RoomsProvider>
  );
}
