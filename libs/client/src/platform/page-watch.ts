export interface PageWatchOptions {
  /** The tab is closed or navigates to another page. */
  onHidden(): void;
  /** The browser restored the page from its back/forward cache. */
  onRestored(): void;
}

/**
 * Reports when the page is hidden for good and when it is restored. Reports nothing in Node.js and workers.
 */
export class PageWatch {
  constructor(private readonly options: PageWatchOptions) {
    globalThis.addEventListener?.('pagehide', this.handleHide);
    globalThis.addEventListener?.('pageshow', this.handleShow);
  }

  /** Idempotent. */
  close(): void {
    globalThis.removeEventListener?.('pagehide', this.handleHide);
    globalThis.removeEventListener?.('pageshow', this.handleShow);
  }

  private readonly handleHide = (): void => this.options.onHidden();

  private readonly handleShow = (event: PageTransitionEvent): void => {
    // Without `persisted`, `pageshow` belongs to the load of the page.
    if (event.persisted) {
      this.options.onRestored();
    }
  };
}
