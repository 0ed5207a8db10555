export interface PageWatchOptions {
  /** The tab is closed, or shows another page from now on. */
  onHidden(): void;
  /** The browser shows the page again, as it was kept in its back/forward cache. */
  onRestored(): void;
}

/** Reports when the page goes away and when it comes back. Reports nothing in Node.js and in workers. */
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
    // The first `pageshow` of a page belongs to its load.
    if (event.persisted) {
      this.options.onRestored();
    }
  };
}
