import { element } from '../dom.js';
import { describeGrant, sessionList } from './account.js';
import { type Api, type Grant, type Operator, type Session } from './api.js';
import { action, field, form, panel, secretBox } from './form.js';

/** Administration of operators, for owners. */
export async function showOperators(root: HTMLElement, api: Api): Promise<void> {
  const { operators } = await api.send<{ operators: Operator[] }>('GET', '/operators');
  const notice = element('div', { aria: { live: 'polite' } });
  const list = element('div', { className: 'operators' });
  const showPassword = (email: string, temporaryPassword: string): void => {
    notice.replaceChildren(
      panel(
        'Temporary password',
        element(
          'p',
          {},
          `For ${email}. It is shown once: pass it on by a safe way. The first sign-in asks for a new one.`,
        ),
        secretBox('temporary-password', temporaryPassword),
      ),
    );
    notice.scrollIntoView({ block: 'nearest' });
  };
  const again = async (): Promise<void> => {
    const fresh = await api.send<{ operators: Operator[] }>('GET', '/operators');
    list.replaceChildren(
      ...fresh.operators.map((operator) => operatorCard(api, operator, again, showPassword)),
    );
  };
  list.append(...operators.map((operator) => operatorCard(api, operator, again, showPassword)));
  root.replaceChildren(
    element('div', { className: 'admin-columns' }, createPanel(api, again, showPassword), notice),
    list,
  );
}

function createPanel(
  api: Api,
  again: () => Promise<void>,
  showPassword: (email: string, password: string) => void,
): HTMLElement {
  const email = element('input', {
    id: 'operator-email',
    type: 'email',
    autocomplete: 'off',
    required: true,
  });
  const name = element('input', { id: 'operator-name', autocomplete: 'off', maxLength: 100, required: true });
  const grants = new GrantEditor([{ role: 'viewer' }]);
  return panel(
    'Add an operator',
    form(
      { label: 'Add an operator', submit: 'Add operator' },
      async () => {
        const body = { email: email.value, name: name.value, grants: grants.read() };
        const { operator, temporaryPassword } = await api.send<{
          operator: Operator;
          temporaryPassword: string;
        }>('POST', '/operators', body);
        email.value = name.value = '';
        showPassword(operator.email, temporaryPassword);
        await again();
      },
      field('E-mail', email),
      field('Name', name),
      grants.root,
    ),
  );
}

function operatorCard(
  api: Api,
  operator: Operator,
  again: () => Promise<void>,
  showPassword: (email: string, password: string) => void,
): HTMLElement {
  const path = `/operators/${operator.operatorId}`;
  const grants = new GrantEditor(operator.grants);
  const sessions = element('div', {});
  const change = (method: string, ending: string, body?: unknown) => async () => {
    await api.send(method, `${path}${ending}`, body);
    await again();
  };
  const showSessions = async (): Promise<void> => {
    const { sessions: found } = await api.send<{ sessions: Session[] }>('GET', `${path}/sessions`);
    sessions.replaceChildren(
      sessionList(found, (id) => api.send('DELETE', `${path}/sessions/${id}`), showSessions),
    );
  };
  const factors = [
    operator.hasTotp && 'authenticator app',
    operator.passkeys > 0 && `${operator.passkeys} passkey${operator.passkeys === 1 ? '' : 's'}`,
    operator.mustChangePassword && 'temporary password',
    !operator.hasPassword && 'signs in with the provider',
  ].filter(Boolean);
  const card = panel(
    operator.name,
    element('p', { className: 'hint' }, operator.email),
    element(
      'p',
      { className: 'chips' },
      ...operator.grants.map((grant) => element('span', { className: 'chip' }, describeGrant(grant))),
      !operator.enabled && element('span', { className: 'chip off' }, 'disabled'),
      ...factors.map((text) => element('span', { className: 'chip' }, String(text))),
    ),
    element(
      'details',
      {},
      element('summary', {}, 'Manage'),
      form(
        { label: `Roles of ${operator.email}`, submit: 'Save roles', primary: false },
        async () => {
          await api.send('PUT', `${path}/grants`, { grants: grants.read() });
          await again();
        },
        grants.root,
      ),
      element(
        'div',
        { className: 'actions' },
        action('Reset password', async () => {
          const { temporaryPassword } = await api.send<{ temporaryPassword: string }>(
            'POST',
            `${path}/password-reset`,
          );
          showPassword(operator.email, temporaryPassword);
          await again();
        }),
        action('Remove second factors', change('DELETE', '/factors')),
        action('Show sessions', showSessions),
        action('End all sessions', change('DELETE', '/sessions'), { danger: true }),
        operator.enabled
          ? action('Disable', change('PUT', '/enabled', { enabled: false }), { danger: true })
          : action('Enable', change('PUT', '/enabled', { enabled: true })),
      ),
      sessions,
    ),
  );
  card.dataset['email'] = operator.email;
  return card;
}

/** Roles, each for one AppID or for all. */
class GrantEditor {
  readonly root = element('fieldset', { className: 'grants' }, element('legend', {}, 'Roles'));
  private readonly rows = element('div', {});

  constructor(grants: Grant[]) {
    grants.forEach((grant) => this.add(grant));
    const more = element('button', { type: 'button' }, 'Add role');
    more.addEventListener('click', () => this.add({ role: 'viewer' }).focus());
    this.root.append(this.rows, more);
  }

  read(): Grant[] {
    return [...this.rows.children].map((row) => {
      const role = row.querySelector('select')!.value as Grant['role'];
      const appId = row.querySelector('input')!.value;
      return appId === '' ? { role } : { role, appId: Number(appId) };
    });
  }

  private add({ role, appId }: Grant): HTMLSelectElement {
    const select = element(
      'select',
      { aria: { label: 'Role' } },
      ...['owner', 'operator', 'viewer'].map((name) =>
        element('option', { value: name, selected: name === role }, name),
      ),
    );
    const input = element('input', {
      inputMode: 'numeric',
      pattern: '[0-9]{1,10}',
      placeholder: 'all AppIDs',
      value: appId === undefined ? '' : String(appId),
      aria: { label: 'AppID; empty for all' },
    });
    const remove = element('button', { type: 'button', aria: { label: 'Remove this role' } }, '×');
    const row = element('div', { className: 'grant' }, select, input, remove);
    remove.addEventListener('click', () => row.remove());
    this.rows.append(row);
    return select;
  }
}
