/** Installs a browser's network events in Node.js; without a type, those of a server environment. */
export function installNetwork(type: string | undefined): {
  change(type: string): void;
  goOnline(): void;
  goOffline(): void;
  /** The page comes out of a background tab. */
  showPage(): void;
  hidePage(): void;
  /** Restores the page from the back/forward cache. */
  restorePage(): void;
  /** The browser stops a background tab. */
  freezePage(): void;
  unfreezePage(): void;
  uninstall(): void;
} {
  const page = new EventTarget();
  const connection = Object.assign(new EventTarget(), { type });
  const former = Object.getOwnPropertyDescriptor(globalThis, 'navigator')!;
  if (type !== undefined) {
    Object.defineProperty(globalThis, 'navigator', { value: { connection }, configurable: true });
    globalThis.addEventListener = page.addEventListener.bind(page);
    globalThis.removeEventListener = page.removeEventListener.bind(page);
  }
  return {
    change(next) {
      connection.type = next;
      connection.dispatchEvent(new Event('change'));
    },
    goOnline: () => void page.dispatchEvent(new Event('online')),
    goOffline: () => void page.dispatchEvent(new Event('offline')),
    showPage: () => void page.dispatchEvent(new Event('visibilitychange')),
    hidePage: () => void page.dispatchEvent(new Event('pagehide')),
    restorePage: () => void page.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true })),
    freezePage: () => void page.dispatchEvent(new Event('freeze')),
    unfreezePage: () => void page.dispatchEvent(new Event('resume')),
    uninstall() {
      Object.defineProperty(globalThis, 'navigator', former);
      Reflect.deleteProperty(globalThis, 'addEventListener');
      Reflect.deleteProperty(globalThis, 'removeEventListener');
    },
  };
}
