export const ownIdPrefixes = {
  session: 'se',
  gateway: 'gw',
  node: 'nd',
  message: 'ms',
  correlation: 'co',
  pipe: 'pi',
  instance: 'in',
  request: 'rq',
  report: 'rp',
} as const;
export type OwnIdKind = keyof typeof ownIdPrefixes;

/** Generates an unguessable ID such as `se_5f3a…` (128 random bits). */
export function newId(kind: OwnIdKind): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return `${ownIdPrefixes[kind]}_${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}
