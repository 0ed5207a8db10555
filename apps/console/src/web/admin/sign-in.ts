import { startAuthentication } from '@simplewebauthn/browser';
import { element } from '../dom.js';
import { type Api, ApiError } from './api.js';
import { action, field, form, panel, passwordInput } from './form.js';

interface Methods {
  passkey: boolean;
  oidc: string | null;
}
interface Next {
  next: 'done' | 'totp';
}

/** Password, code, passkey, or the provider of the company. `done` runs when there is a session. */
export async function showSignIn(root: HTMLElement, api: Api, done: () => Promise<void>): Promise<void> {
  const methods = await api.send<Methods>('GET', '/session/methods');
  const problem = new URLSearchParams(location.search).get('error');
  const email = element('input', { type: 'email', id: 'email', autocomplete: 'username', required: true });
  const password = passwordInput('current-password');
  password.id = 'password';
  const signIn = form(
    { label: 'Sign in', submit: 'Sign in' },
    async () => {
      const { next } = await api.send<Next>('POST', '/session', {
        email: email.value,
        password: password.value,
      });
      await (next === 'totp' ? showCode(root, api, done) : done());
    },
    field('E-mail', email),
    field('Password', password),
  );
  const others = element('div', { className: 'sign-in-others' });
  if (methods.passkey && 'PublicKeyCredential' in window && isSecureContext) {
    others.append(action('Sign in with a passkey', async () => signInWithPasskey(api).then(done)));
  }
  if (methods.oidc !== null) {
    others.append(
      action(`Sign in with ${methods.oidc}`, async () => {
        const { url } = await api.send<{ url: string }>('POST', '/session/oidc');
        location.assign(url);
      }),
    );
  }
  root.replaceChildren(
    centered(
      panel(
        'Sign in',
        problem !== null &&
          element(
            'p',
            { className: 'form-error', aria: { role: 'alert' } },
            'The provider did not sign you in, or your account has no role here.',
          ),
        signIn,
        others.childElementCount > 0 && others,
      ),
    ),
  );
  email.focus();
}

async function signInWithPasskey(api: Api): Promise<void> {
  const { options } = await api.send<{ options: never }>('POST', '/session/passkey/options');
  const response = await startAuthentication({ optionsJSON: options }).catch(() => {
    throw new ApiError(0, 'No passkey was used.');
  });
  await api.send('POST', '/session/passkey', { response });
}

function showCode(root: HTMLElement, api: Api, done: () => Promise<void>): Promise<void> {
  const code = element('input', {
    id: 'code',
    inputMode: 'numeric',
    autocomplete: 'one-time-code',
    pattern: '[0-9]{6}',
    maxLength: 6,
    required: true,
  });
  const recovery = element('input', {
    id: 'recovery-code',
    autocomplete: 'off',
    maxLength: 32,
    required: true,
  });
  root.replaceChildren(
    centered(
      panel(
        'Second step',
        form(
          { label: 'Code of your app', submit: 'Continue' },
          async () => {
            await api.send('POST', '/session/totp', { code: code.value });
            await done();
          },
          field('Code of your authenticator app', code),
        ),
        element(
          'details',
          {},
          element('summary', {}, 'Use a recovery code instead'),
          form(
            { label: 'Recovery code', submit: 'Use recovery code', primary: false },
            async () => {
              await api.send('POST', '/session/recovery-code', { code: recovery.value.trim() });
              await done();
            },
            field('Recovery code', recovery),
          ),
        ),
      ),
    ),
  );
  code.focus();
  return Promise.resolve();
}

/** For a temporary password: nothing else is possible with it. */
export function showFirstPassword(root: HTMLElement, api: Api, done: () => Promise<void>): void {
  root.replaceChildren(
    centered(
      panel(
        'Choose a password',
        element('p', { className: 'hint' }, 'Your password is a temporary one. Choose your own to continue.'),
        passwordForm(api, done),
      ),
    ),
  );
  root.querySelector('input')?.focus();
}

export function passwordForm(api: Api, done: () => Promise<void>): HTMLFormElement {
  const [current, fresh, again] = [
    passwordInput('current-password'),
    passwordInput('new-password'),
    passwordInput('new-password'),
  ];
  current.id = 'current-password';
  fresh.id = 'new-password';
  again.id = 'new-password-again';
  return form(
    { label: 'Change password', submit: 'Change password' },
    async () => {
      if (fresh.value !== again.value) {
        throw new Error('The new passwords differ.');
      }
      const body = { currentPassword: current.value, newPassword: fresh.value };
      await api.send('PUT', '/session/password', body);
      [current, fresh, again].forEach((input) => (input.value = ''));
      await done();
    },
    field('Current password', current),
    field('New password', fresh, 'At least 12 characters; several unrelated words are good.'),
    field('New password, again', again),
  );
}

const centered = (child: HTMLElement): HTMLElement => element('div', { className: 'centered' }, child);
