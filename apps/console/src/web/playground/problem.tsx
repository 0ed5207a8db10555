import { type PolyroomError } from '@polyroom/sdk';
import { type ReactNode } from 'react';
import { usePlayground } from './playground-context.js';
import { texts } from './texts.js';

/** The code of an error, its name, what is wrong and what helps. */
export function Problem({ error }: { error: PolyroomError }): ReactNode {
  const { state } = usePlayground();
  const cure = texts.cures[error.code];
  return (
    <div className="problem" data-code={error.code}>
      <p>
        <b>{error.code}</b> <code>{error.errorName}</code>
      </p>
      <p>{error.message}</p>
      {cure !== undefined && <p className="cure">{cure}</p>}
      {texts.curedInConsole.includes(error.code) && (
        <a className="button" href={`./admin.html#/apps/${state.appId}`} target="_blank" rel="noreferrer">
          {texts.refusal.console}
        </a>
      )}
    </div>
  );
}
