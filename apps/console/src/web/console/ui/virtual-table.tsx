import { Box } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type CSSProperties, type ReactNode, useEffect, useRef } from 'react';

export interface Column<Row> {
  key: string;
  title: string;
  /** A track of a CSS grid. */
  width: string;
  cell: (row: Row) => ReactNode;
}

interface Props<Row> {
  label: string;
  columns: Column<Row>[];
  rows: readonly Row[];
  keyOf: (row: Row) => string;
  /** Called near the last row, to read more. */
  onEnd?: (() => void) | undefined;
  /** The number of all rows, if more can be read than there are. */
  total?: number;
  maxHeight?: string;
}

const rowPx = 52;
const stackedRowPx = 150;
const narrowQuery = '(max-width: 47.99em)';
/** Rows beyond both ends of the window, for scrolling without gaps. */
const overscan = 8;

/** A table of any length: only the visible rows are in the document. On a phone, each row is a card. */
export function VirtualTable<Row>({
  label,
  columns,
  rows,
  keyOf,
  onEnd,
  total = rows.length,
  maxHeight = '62vh',
}: Props<Row>): ReactNode {
  const scroller = useRef<HTMLDivElement>(null);
  const isNarrow = useMediaQuery(narrowQuery, false, { getInitialValueInEffect: false }) ?? false;
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => (isNarrow ? stackedRowPx : rowPx),
    getItemKey: (index) => keyOf(rows[index]!),
    overscan,
  });
  const items = virtualizer.getVirtualItems();
  const lastIndex = items.at(-1)?.index ?? -1;
  const isAtEnd = rows.length > 0 && lastIndex >= rows.length - overscan;
  useEffect(() => {
    if (isAtEnd) {
      onEnd?.();
    }
  }, [isAtEnd, onEnd, rows.length]);
  const tracks: CSSProperties = { gridTemplateColumns: columns.map(({ width }) => width).join(' ') };
  return (
    <Box
      ref={scroller}
      className="virtual-table"
      mah={maxHeight}
      role="table"
      aria-label={label}
      aria-rowcount={total + 1}
      data-narrow={isNarrow || undefined}
      // Scrolls with the arrow keys.
      tabIndex={0}
    >
      <div role="rowgroup" className="virtual-head">
        <div role="row" aria-rowindex={1} className="virtual-row" style={tracks}>
          {columns.map(({ key, title }) => (
            <div key={key} role="columnheader" data-key={key}>
              {title}
            </div>
          ))}
        </div>
      </div>
      <div role="rowgroup" className="virtual-body" style={{ height: virtualizer.getTotalSize() }}>
        {items.map(({ index, key, start }) => {
          const row = rows[index]!;
          return (
            <div
              key={key}
              ref={virtualizer.measureElement}
              data-index={index}
              role="row"
              aria-rowindex={index + 2}
              className="virtual-row"
              style={{ ...tracks, transform: `translateY(${start}px)` }}
            >
              {columns.map((column) => (
                <div key={column.key} role="cell" data-key={column.key} data-column={column.title}>
                  <div className="virtual-value">{column.cell(row)}</div>
                </div>
              ))}
            </div>
          );
        })}
      </div>
    </Box>
  );
}
