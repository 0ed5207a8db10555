import { type ReactNode, useState } from 'react';
import { usePlayground } from '../playground-context.js';
import { texts } from '../texts.js';
import { type Face, faces, snippets } from './snippets.js';
import { type Step } from './step.js';

const t = texts.code;

/** The code that does what the user did last. */
export function CodePanel({ step }: { step: Step }): ReactNode {
  const { config, state } = usePlayground();
  const [face, setFace] = useState<Face>('core');
  const [copied, setCopied] = useState('');
  const code = snippets[face](step, {
    appId: Number(state.appId),
    server: config.gateways,
    user: { userId: state.userId, userName: state.userName || state.userId },
    roomMode: state.roomMode,
  });
  // Pages from plain http have no clipboard.
  const clipboard = navigator.clipboard as Clipboard | undefined;
  return (
    <section className="code" aria-labelledby="code-title">
      <div className="code-head">
        <h2 id="code-title">{t.title}</h2>
        <div className="row" role="group" aria-labelledby="code-title">
          {faces.map((each) => (
            <button key={each} type="button" aria-pressed={each === face} onClick={() => setFace(each)}>
              {t.faces[each]}
            </button>
          ))}
        </div>
        {clipboard !== undefined && (
          <button
            type="button"
            onClick={() =>
              void clipboard.writeText(code).then(
                () => setCopied(code),
                () => undefined,
              )
            }
          >
            {copied === code ? t.copied : t.copy}
          </button>
        )}
      </div>
      <h3 aria-live="polite">{t.steps[step.type]}</h3>
      <pre tabIndex={0} role="group" aria-label={t.steps[step.type]}>
        <code>{code}</code>
      </pre>
    </section>
  );
}
