import { element, getById } from '../dom.js';
import { loadPageConfig } from '../page-config.js';
import { showAccount } from './account.js';
import { Api, ApiError, codes, type Operator } from './api.js';
import { action } from './form.js';
import { showOperators } from './operators.js';
import { showFirstPassword, showSignIn } from './sign-in.js';

const content = getById('content');
const nav = getById('nav');

/** Shows the page of the address, or the sign-in. */
async function show(api: Api): Promise<void> {
  try {
    const { operator } = await api.send<{ operator: Operator }>('GET', '/session');
    if (operator.mustChangePassword) {
      showNav(api, undefined);
      showFirstPassword(content, api, () => show(api));
      return;
    }
    showNav(api, operator);
    await (location.hash === '#operators' && isOwner(operator)
      ? showOperators(content, api)
      : showAccount(content, api));
  } catch (error) {
    if (error instanceof ApiError && error.code === codes.noSession) {
      nav.replaceChildren();
      await showSignIn(content, api, () => show(api));
      return;
    }
    throw error;
  }
}

const isOwner = ({ grants }: Operator): boolean => grants.some(({ role }) => role === 'owner');

/** Without an operator: only the end of the session. */
function showNav(api: Api, operator: Operator | undefined): void {
  const isOperators = location.hash === '#operators';
  const link = (href: string, text: string, isCurrent: boolean) =>
    element('a', { href, ...(isCurrent ? { aria: { current: 'page' } } : {}) }, text);
  nav.replaceChildren(
    ...(operator === undefined
      ? []
      : [
          link('#account', 'My account', !isOperators),
          ...(isOwner(operator)
            ? [link('#operators', 'Operators', isOperators), link('./audit.html', 'Audit', false)]
            : []),
        ]),
    action('Sign out', async () => {
      await api.send('DELETE', '/session');
      await show(api);
    }),
  );
}

function showProblem(error: unknown): void {
  const text = error instanceof Error ? error.message : String(error);
  content.replaceChildren(element('p', { className: 'form-error', aria: { role: 'alert' } }, text));
}

try {
  const { gateways } = await loadPageConfig();
  const api = new Api(gateways[0]!);
  addEventListener('hashchange', () => void show(api).catch(showProblem));
  await show(api);
} catch (error) {
  showProblem(error);
}
