import { element } from '../dom.js';

type Child = Node | string | undefined | false;

/** A labelled field. */
export function field(label: string, input: HTMLElement, hint?: string): HTMLElement {
  return element(
    'label',
    { className: 'field' },
    element('span', {}, label),
    input,
    hint !== undefined && element('small', { className: 'hint' }, hint),
  );
}

export function passwordInput(autocomplete: 'current-password' | 'new-password'): HTMLInputElement {
  return element('input', { type: 'password', autocomplete, required: true, maxLength: 128 });
}

/** A form whose submission runs `work`; its error is shown in the form, and read out. */
export function form(
  props: { className?: string; label: string; submit: string; primary?: boolean },
  work: () => Promise<void>,
  ...children: Child[]
): HTMLFormElement {
  const alert = element('p', { className: 'form-error', hidden: true, aria: { role: 'alert' } });
  const button = element(
    'button',
    { type: 'submit', className: props.primary === false ? '' : 'primary' },
    props.submit,
  );
  const created = element(
    'form',
    { className: `form ${props.className ?? ''}`, aria: { label: props.label } },
    ...children,
    alert,
    button,
  );
  created.addEventListener('submit', (event) => {
    event.preventDefault();
    button.disabled = true;
    alert.hidden = true;
    void work()
      .catch((error: unknown) => {
        alert.textContent = error instanceof Error ? error.message : String(error);
        alert.hidden = false;
      })
      .finally(() => (button.disabled = false));
  });
  return created;
}

/** A button that runs `work`, and shows an error beside itself. */
export function action(
  label: string,
  work: () => Promise<void>,
  more: { danger?: boolean; title?: string } = {},
): HTMLElement {
  const alert = element('span', { className: 'form-error', hidden: true, aria: { role: 'alert' } });
  const button = element(
    'button',
    {
      type: 'button',
      className: more.danger === true ? 'danger' : '',
      ...(more.title === undefined ? {} : { aria: { label: more.title } }),
    },
    label,
  );
  button.addEventListener('click', () => {
    button.disabled = true;
    alert.hidden = true;
    void work()
      .catch((error: unknown) => {
        alert.textContent = error instanceof Error ? error.message : String(error);
        alert.hidden = false;
      })
      .finally(() => (button.disabled = false));
  });
  return element('span', { className: 'action' }, button, alert);
}

export function panel(title: string, ...children: Child[]): HTMLElement {
  const heading = element('h2', {}, title);
  return element('section', { className: 'panel admin-panel', aria: { label: title } }, heading, ...children);
}

/** Text to copy, such as a password that is shown once. */
export function secretBox(id: string, text: string): HTMLElement {
  const copy = action('Copy', () => navigator.clipboard.writeText(text), { title: 'Copy to the clipboard' });
  return element('div', { className: 'secret' }, element('code', { id, tabIndex: 0 }, text), copy);
}

export const formatTime = (atMs: number): string =>
  new Date(atMs).toLocaleString([], { dateStyle: 'medium', timeStyle: 'short' });
