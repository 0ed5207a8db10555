import { z } from 'zod';

// zod may compile schemas with `new Function`, which this page's content security policy blocks and reports.
// It must be configured before the first schema is created, hence the dynamic import.
z.config({ jitless: true });
void import('./start-page.js');
