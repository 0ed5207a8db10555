import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { liveIntervalMs, useServices } from './use-api.js';

/** A list that is read page by page. */
export interface Pages<Item> {
  items: Item[] | undefined;
  error: Error | null;
  hasMore: boolean;
  /** Reads the next page; undefined while it is being read, and at the end. */
  more: (() => void) | undefined;
  retry: () => void;
}

/**
 * Reads a list; `read` takes the items out of a reply. The pages that are shown are read again as long as `live` is
 * true, less often the more they are.
 */
export function usePages<Reply extends { next?: string | undefined }, Item>(
  path: string,
  read: (reply: Reply) => Item[],
  { query = {}, live = true }: { query?: Record<string, string>; live?: boolean } = {},
): Pages<Item> {
  const { api } = useServices();
  const text = new URLSearchParams(query).toString();
  const pages = useInfiniteQuery({
    queryKey: [path, text],
    queryFn: ({ pageParam, signal }) => {
      const search = new URLSearchParams({
        ...query,
        ...(pageParam === undefined ? undefined : { cursor: pageParam }),
      }).toString();
      return api.get<Reply>(search === '' ? path : `${path}?${search}`, signal);
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next,
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => live && liveIntervalMs * Math.max(1, state.data?.pages.length ?? 1),
  });
  return {
    items: pages.data?.pages.flatMap(read),
    error: pages.error,
    hasMore: pages.hasNextPage,
    more: pages.hasNextPage && !pages.isFetching ? () => void pages.fetchNextPage() : undefined,
    retry: () => void pages.refetch(),
  };
}
