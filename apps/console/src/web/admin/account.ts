import { startRegistration } from '@simplewebauthn/browser';
import { encode } from 'uqr';
import { element } from '../dom.js';
import { type Api, ApiError, type Operator, type Session } from './api.js';
import { action, field, form, formatTime, panel, passwordInput, secretBox } from './form.js';
import { passwordForm } from './sign-in.js';

interface Passkey {
  passkeyId: string;
  name: string | null;
  createdAtMs: number | null;
}

/** The own account: password, second factor, passkeys and sessions. */
export async function showAccount(root: HTMLElement, api: Api): Promise<void> {
  const again = () => showAccount(root, api);
  const [{ operator }, { sessions }, { passkeys }] = await Promise.all([
    api.send<{ operator: Operator }>('GET', '/session'),
    api.send<{ sessions: Session[] }>('GET', '/session/list'),
    api.send<{ passkeys: Passkey[] }>('GET', '/session/passkeys'),
  ]);
  root.replaceChildren(
    element(
      'div',
      { className: 'admin-columns' },
      panel(
        'My account',
        element(
          'dl',
          { className: 'facts' },
          element('dt', {}, 'Name'),
          element('dd', {}, operator.name),
          element('dt', {}, 'E-mail'),
          element('dd', {}, operator.email),
          element('dt', {}, 'Roles'),
          element('dd', {}, operator.grants.map(describeGrant).join(', ') || 'none'),
        ),
      ),
      operator.hasPassword && panel('Password', passwordForm(api, again)),
      operator.hasPassword && totpPanel(api, operator, again),
      passkeyPanel(api, passkeys, again),
      panel(
        'Sessions',
        sessionList(sessions, (sessionId) => api.send('DELETE', `/session/list/${sessionId}`), again),
      ),
    ),
  );
}

export function describeGrant({ role, appId }: { role: string; appId?: number }): string {
  return appId === undefined ? `${role} of everything` : `${role} of AppID ${appId}`;
}

/** Enough to tell browsers apart; the title has the rest. */
function describeBrowser(userAgent: string | null): string {
  const browser = /(Edg|OPR|Firefox|Chrome|Safari)\//.exec(userAgent ?? '')?.[1];
  const system = /(Android|iPhone|iPad|Windows|Mac OS X|Linux)/.exec(userAgent ?? '')?.[1];
  const name = { Edg: 'Edge', OPR: 'Opera' }[browser ?? ''] ?? browser;
  return name === undefined
    ? (userAgent ?? 'unknown browser')
    : `${name}${system === undefined ? '' : ` on ${system}`}`;
}

export function sessionList(
  sessions: Session[],
  end: (sessionId: string) => Promise<unknown>,
  again: () => Promise<void>,
): HTMLElement {
  const rows = sessions.map((session) =>
    element(
      'li',
      {},
      element(
        'div',
        {},
        element('b', { title: session.userAgent ?? '' }, describeBrowser(session.userAgent)),
        element(
          'small',
          { className: 'hint' },
          `${session.address ?? 'unknown address'} · since ${formatTime(session.createdAtMs)}`,
        ),
      ),
      session.current === true
        ? element('span', { className: 'chip' }, 'this one')
        : action(
            'End',
            async () => {
              await end(session.sessionId);
              await again();
            },
            { danger: true, title: `End the session of ${session.address ?? 'an unknown address'}` },
          ),
    ),
  );
  return element(
    'ul',
    { className: 'rows' },
    ...(rows.length > 0 ? rows : [element('li', { className: 'empty' }, 'no sessions')]),
  );
}

function totpPanel(api: Api, { hasTotp }: Operator, again: () => Promise<void>): HTMLElement {
  const password = passwordInput('current-password');
  password.id = 'totp-password';
  const body = element('div', { className: 'stack' });
  if (hasTotp) {
    const submit = (path: string) =>
      api.send<{ recoveryCodes?: string[] }>('POST', path, { password: password.value });
    body.append(
      element('p', { className: 'hint' }, 'An authenticator app is enrolled: each sign-in needs a code.'),
      form(
        { label: 'Recovery codes', submit: 'New recovery codes', primary: false },
        async () => {
          const { recoveryCodes = [] } = await submit('/session/recovery-codes');
          body.replaceChildren(recoveryList(recoveryCodes), action('Done', again));
        },
        field('Password', password),
      ),
      action(
        'Remove the app',
        async () => {
          await submit('/session/totp/removal');
          await again();
        },
        { danger: true },
      ),
    );
  } else {
    body.append(
      element(
        'p',
        { className: 'hint' },
        'With an authenticator app, a stolen password is not enough to sign in.',
      ),
      form(
        { label: 'Enrol an app', submit: 'Enrol an app' },
        async () => {
          const enrolment = await api.send<{ totpUri: string; recoveryCodes: string[] }>(
            'POST',
            '/session/totp/enrolment',
            {
              password: password.value,
            },
          );
          showEnrolment(body, api, enrolment, again);
        },
        field('Password', password),
      ),
    );
  }
  return panel('Authenticator app', body);
}

function showEnrolment(
  body: HTMLElement,
  api: Api,
  { totpUri, recoveryCodes }: { totpUri: string; recoveryCodes: string[] },
  again: () => Promise<void>,
): void {
  const code = element('input', {
    id: 'totp-code',
    inputMode: 'numeric',
    autocomplete: 'one-time-code',
    pattern: '[0-9]{6}',
    maxLength: 6,
    required: true,
  });
  body.replaceChildren(
    element('p', {}, 'Scan this code with the app, or type in the secret:'),
    qrCode(totpUri),
    secretBox('totp-secret', new URL(totpUri).searchParams.get('secret') ?? ''),
    recoveryList(recoveryCodes),
    form(
      { label: 'Confirm the app', submit: 'Confirm' },
      async () => {
        await api.send('POST', '/session/totp', { code: code.value });
        await again();
      },
      field('Code of the app', code),
    ),
  );
  code.focus();
}

function recoveryList(codes: string[]): HTMLElement {
  return element(
    'div',
    {},
    element(
      'p',
      {},
      'Recovery codes, each valid once. Keep them where you find them without the app; they are not shown again:',
    ),
    secretBox('recovery-codes', codes.join('\n')),
  );
}

const svgNamespace = 'http://www.w3.org/2000/svg';

/** Dark on light in both colour schemes: apps read no inverted codes. */
function qrCode(text: string): SVGElement {
  const { data, size } = encode(text, { border: 2 });
  const svg = document.createElementNS(svgNamespace, 'svg');
  svg.setAttribute('viewBox', `0 0 ${size} ${size}`);
  svg.setAttribute('class', 'qr');
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', 'QR code of the secret');
  const path = document.createElementNS(svgNamespace, 'path');
  const dark = data.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])));
  path.setAttribute('d', dark.join(''));
  svg.append(path);
  return svg;
}

function passkeyPanel(api: Api, passkeys: Passkey[], again: () => Promise<void>): HTMLElement {
  const name = element('input', {
    id: 'passkey-name',
    maxLength: 100,
    required: true,
    placeholder: 'Laptop',
  });
  const rows = passkeys.map((passkey) =>
    element(
      'li',
      {},
      element(
        'div',
        {},
        element('b', {}, passkey.name ?? 'Passkey'),
        element(
          'small',
          { className: 'hint' },
          passkey.createdAtMs === null ? '' : `since ${formatTime(passkey.createdAtMs)}`,
        ),
      ),
      action(
        'Remove',
        async () => {
          await api.send('DELETE', `/session/passkeys/${passkey.passkeyId}`);
          await again();
        },
        { danger: true, title: `Remove the passkey ${passkey.name ?? ''}` },
      ),
    ),
  );
  const add = form(
    { label: 'Add a passkey', submit: 'Add a passkey', primary: false },
    async () => {
      const { options } = await api.send<{ options: never }>('POST', '/session/passkeys/options');
      const response = await startRegistration({ optionsJSON: options }).catch(() => {
        throw new ApiError(0, 'No passkey was made.');
      });
      await api.send('POST', '/session/passkeys', { response, name: name.value });
      await again();
    },
    field('Name', name),
  );
  return panel(
    'Passkeys',
    rows.length > 0 && element('ul', { className: 'rows' }, ...rows),
    isSecureContext
      ? add
      : element('p', { className: 'hint' }, 'Browsers offer passkeys over HTTPS and on localhost only.'),
  );
}
