import type { ErrorCategory } from './category.js';

/** An entry of the registry. */
export interface ErrorSpec {
  /** Never changes. */
  code: number;
  category: ErrorCategory;
  /** Whether retrying the same request may succeed. */
  retryable: boolean;
  /** Raised by the servers, or by the SDK itself. */
  raisedBy: 'server' | 'sdk';
  /** One sentence, shown to users. */
  summary: string;
}
