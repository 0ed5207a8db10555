type Child = Node | string | undefined | false;

/** Properties of an element; `data`, `aria` and `on` set attributes and listeners. */
type Props<Name extends keyof HTMLElementTagNameMap> = Partial<
  Omit<HTMLElementTagNameMap[Name], 'style' | 'dataset' | 'list'>
> & {
  aria?: Record<string, string>;
  onEvent?: Partial<{ [Event in keyof HTMLElementEventMap]: (event: HTMLElementEventMap[Event]) => void }>;
};

/** Builds one element. Texts become text nodes, so user input is never parsed as markup. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  props: Props<Name> = {},
  ...children: Child[]
): HTMLElementTagNameMap[Name] {
  const { aria, onEvent, ...plain } = props;
  const created = document.createElement(name);
  Object.assign(created, plain);
  for (const [attribute, value] of Object.entries(aria ?? {})) {
    created.setAttribute(attribute === 'role' ? 'role' : `aria-${attribute}`, value);
  }
  for (const [event, listener] of Object.entries(onEvent ?? {})) {
    created.addEventListener(event, listener as EventListener);
  }
  created.append(
    ...children.filter((child): child is Node | string => child !== undefined && child !== false),
  );
  return created;
}

/** An element that must exist on the page. */
export function getById<T extends HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (found === null) {
    throw new Error(`the page has no #${id}`);
  }
  return found as T;
}
