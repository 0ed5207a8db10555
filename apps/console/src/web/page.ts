import { z } from 'zod';

// zod may compile its schemas with `new Function`, which this page's content security policy refuses and
// reports; it has to know before the first schema is made, hence the import that waits.
z.config({ jitless: true });
void import('./start-page.js');
