import { type ReactNode } from 'react';
import { type Pages } from '../api/use-pages.js';
import { Failed, Loading } from './states.js';
import { type Column, VirtualTable } from './virtual-table.js';

/** A list that is read page by page: skeletons, failure, nothing, or a table that reads on at its end. */
export function PagedTable<Row>({
  label,
  pages,
  columns,
  keyOf,
  empty,
  rows = pages.items,
}: {
  label: string;
  pages: Pages<Row>;
  columns: Column<Row>[];
  keyOf: (row: Row) => string;
  empty: ReactNode;
  /** Some of the items only, such as those that match a search. */
  rows?: readonly Row[] | undefined;
}): ReactNode {
  const failed = pages.error !== null && <Failed error={pages.error} retry={pages.retry} />;
  if (rows === undefined) {
    return failed === false ? <Loading rows={6} /> : failed;
  }
  return (
    <>
      {failed}
      {rows.length === 0 && !pages.hasMore ? (
        empty
      ) : (
        <VirtualTable label={label} columns={columns} rows={rows} keyOf={keyOf} onEnd={pages.more} />
      )}
    </>
  );
}
