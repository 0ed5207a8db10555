import { decode, encode } from '@jridgewell/sourcemap-codec';

/** Of a segment: generated column, source, line, column; one without a source has the column only. */
const [source, line] = [1, 2];

/**
 * The mappings of a source map with one segment for each line of the sources in a line of the output: a process that has
 * written a stack trace keeps all segments in memory, at some 100 bytes each. Traces have the first column of the line.
 */
export function toLines(mappings) {
  const isSame = (one, other) =>
    one !== undefined && one[source] === other[source] && one[line] === other[line];
  return encode(
    decode(mappings).map((segments) =>
      segments
        .filter((segment, index) => !isSame(segments[index - 1], segment))
        // A fifth field would name what the position is called.
        .map((segment) => segment.slice(0, 4)),
    ),
  );
}
