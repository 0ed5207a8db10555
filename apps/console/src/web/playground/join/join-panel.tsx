import { type ReactNode, type SubmitEvent, useState } from 'react';
import { Field, textOf } from '../field.js';
import { usePlayground } from '../playground-context.js';
import { readRoomIds } from '../state/address.js';
import { isDemo } from '../state/kept-state.js';
import { texts } from '../texts.js';

const t = texts.join;
const maxAppId = 0xffff_ffff;
const exampleRooms = 'room1, room2';

/** The form before the session: app, user and rooms, and below them what few need. */
export function JoinPanel(): ReactNode {
  const { config, dispatch, showCode, state } = usePlayground();
  const { demoApps, gateways } = config;
  const [app, setApp] = useState(isDemo(demoApps, state.appId) ? state.appId : '');
  const [problem, setProblem] = useState('');
  const handleSubmit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const appId = app || textOf(form, 'appId');
    const identity = {
      appId,
      userId: textOf(form, 'userId'),
      userName: textOf(form, 'userName'),
      appSign: app === '' ? textOf(form, 'appSign') : '',
      token: textOf(form, 'token'),
      gateway: textOf(form, 'gateway'),
      roomMode: textOf(form, 'roomMode') === 'single' ? 'single' : 'multi',
    } as const;
    const isNumber = /^\d+$/.test(appId) && Number(appId) > 0 && Number(appId) <= maxAppId;
    if (!isNumber) {
      setProblem(t.needsAppId);
      return;
    }
    if (app === '' && identity.appSign === '' && identity.token === '') {
      setProblem(t.needsCredentials);
      return;
    }
    const roomIds = readRoomIds(textOf(form, 'rooms'));
    dispatch({ type: 'enter', identity, roomIds });
    showCode({ type: 'join', roomIds });
  };
  return (
    <form className="panel form join" onSubmit={handleSubmit} aria-label={t.title}>
      <h2>{t.title}</h2>
      {demoApps.length > 0 && (
        <Field label={t.app}>
          <select value={app} onChange={({ target }) => setApp(target.value)}>
            {demoApps.map(({ appId, name }) => (
              <option key={appId} value={appId}>
                {name}
              </option>
            ))}
            <option value="">{t.otherApp}</option>
          </select>
        </Field>
      )}
      {app === '' && (
        <>
          <Field label={t.appId}>
            <input
              name="appId"
              inputMode="numeric"
              autoComplete="off"
              defaultValue={isDemo(demoApps, state.appId) ? '' : state.appId}
              required
            />
          </Field>
          <Field label={t.appSign}>
            <input name="appSign" autoComplete="off" defaultValue={state.appSign} spellCheck={false} />
          </Field>
        </>
      )}
      <Field label={t.user}>
        <input name="userId" autoComplete="off" defaultValue={state.userId} required />
      </Field>
      <Field label={t.rooms}>
        <input
          name="rooms"
          autoComplete="off"
          defaultValue={state.roomIds.length > 0 ? state.roomIds.join(', ') : exampleRooms}
          required
        />
      </Field>
      {problem !== '' && (
        <p className="failed" role="alert">
          {problem}
        </p>
      )}
      <button className="primary">{t.submit}</button>
      <details>
        <summary>{t.more}</summary>
        <Field label={t.token} hint={t.tokenHint}>
          <input name="token" autoComplete="off" defaultValue={state.token} spellCheck={false} />
        </Field>
        <Field label={t.userName}>
          <input name="userName" autoComplete="off" defaultValue={state.userName} />
        </Field>
        <Field label={t.roomMode}>
          <select name="roomMode" defaultValue={state.roomMode}>
            {(['multi', 'single'] as const).map((mode) => (
              <option key={mode} value={mode}>
                {t.modes[mode]}
              </option>
            ))}
          </select>
        </Field>
        <Field label={t.gateway}>
          <select name="gateway" defaultValue={state.gateway}>
            {gateways.map((url) => (
              <option key={url}>{url}</option>
            ))}
          </select>
        </Field>
      </details>
    </form>
  );
}
