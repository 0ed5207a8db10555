import {
  useMutation,
  type UseMutationResult,
  useQuery,
  useQueryClient,
  type UseQueryOptions,
  type UseQueryResult,
} from '@tanstack/react-query';
import { createContext, use } from 'react';
import { notifications } from '@mantine/notifications';
import { type DemoApp } from '../../page-config.js';
import { texts } from '../texts.js';
import { type Api, ApiError } from './api.js';

export interface ConsoleServices {
  api: Api;
  demoApps: DemoApp[];
}

export const ConsoleServicesContext = createContext<ConsoleServices | undefined>(undefined);

export function useServices(): ConsoleServices {
  const services = use(ConsoleServicesContext);
  if (services === undefined) {
    throw new Error('ConsoleServicesContext is missing');
  }
  return services;
}

/** How often what changes by itself is read again; in the background, never. */
export const liveIntervalMs = 3000;

export interface Resource<T> {
  queryKey: [path: string];
  queryFn: (context: { signal: AbortSignal }) => Promise<T>;
}

/** A resource of the API. Its path is its key. */
export const resource = <T>(api: Api, path: string): Resource<T> => ({
  queryKey: [path],
  queryFn: ({ signal }) => api.get<T>(path, signal),
});

/** Reads a resource; `live` repeats it. Without a path, nothing is read. */
export function useRead<Reply, Data = Reply>(
  path: string | undefined,
  { live = false, select }: { live?: boolean; select?: (reply: Reply) => Data } = {},
): UseQueryResult<Data> {
  const { api } = useServices();
  return useQuery({
    ...resource<Reply>(api, path ?? ''),
    enabled: path !== undefined,
    refetchInterval: live ? liveIntervalMs : false,
    ...(select === undefined ? {} : { select }),
  } as UseQueryOptions<Reply, Error, Data, [string]>);
}

/**
 * Something that changes the cluster. Afterwards, resources below the `refresh` paths are read again, also if they
 * were changed meanwhile (412). A failure is shown as a notification unless `quiet`: then the caller shows it.
 */
export function useAct<Input = void, Reply = unknown>(
  act: (api: Api, input: Input) => Promise<Reply>,
  options: { refresh: string[]; done?: string | ((input: Input) => string); quiet?: boolean },
): UseMutationResult<Reply, Error, Input> {
  const { api } = useServices();
  const queryClient = useQueryClient();
  const refresh = () =>
    queryClient.invalidateQueries({
      predicate: ({ queryKey: [path] }) => options.refresh.some((prefix) => String(path).startsWith(prefix)),
    });
  return useMutation({
    mutationFn: (input: Input) => act(api, input),
    onSuccess: (_reply, input) => {
      const { done } = options;
      if (done !== undefined) {
        notifications.show({ message: typeof done === 'string' ? done : done(input), color: 'teal' });
      }
      return refresh();
    },
    onError: (error) => {
      if (options.quiet !== true) {
        notifications.show({ title: texts.states.failed, message: describeError(error), color: 'red' });
      }
      return error instanceof ApiError && error.status === 412 ? refresh() : undefined;
    },
  });
}

/** The text of an error, with its code and its cure if it has them. */
export function describeError(error: unknown): string {
  const { message = String(error), code } = Object(error) as { message?: string; code?: unknown };
  if (typeof code !== 'number' || code === 0) {
    return message;
  }
  const cure = (texts.cures as Record<number, string | undefined>)[code];
  return [texts.states.coded(message, code), cure].filter((part) => part !== undefined).join(' ');
}
