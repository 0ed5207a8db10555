import { unitCosts } from '../src/plan/unit-costs.js';

/** The table of docs/sizing.md. */
export function renderUnitCosts(): string {
  const rows = Object.values(unitCosts).map(
    ({ bench, of, unit, value }) => `| ${of} | ${value.toLocaleString('en')} ${unit} | \`${bench}\` |`,
  );
  return ['| cost | measured | by |', '| --- | --- | --- |', ...rows].join('\n');
}
