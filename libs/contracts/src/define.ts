import { type z } from 'zod';
import { type ErrorName } from './errors/registry.js';
import { type Permission, type RequiredAuthority } from './permissions.js';

/**
 * A request that any instance of a service answers (`rpc.<service>.<method>`, queue group = service). If the
 * instances have names, it may also address one (`node.<instanceId>.<service>.<method>`).
 */
export interface RpcContract<Req extends z.ZodType = z.ZodType, Res extends z.ZodType = z.ZodType> {
  kind: 'rpc';
  service: string;
  method: string;
  subject: string;
  request: Req;
  reply: Res;
  /** Errors that the method may return, in addition to those of the bus. */
  errors: readonly ErrorName[];
  timeoutMs: number;
  /**
   * How often the bus sends a request again within the timeout, each time after a second of silence; 0 by default. Set if
   * the same request may be answered by several instances, also at once: it changes nothing, or all get the same reply.
   */
  repeats?: number;
  /**
   * Set if an attempt that is carried out after the reply to another one would change something. Then each attempt
   * expires when it is repeated, and the handler writes nothing after `deadlineMs` of its context.
   */
  attemptsExpire?: boolean;
  /** Set if only operators and API keys with the permission may ask: requests carry a signed statement. */
  authority?: RequiredAuthority;
}

/** A request to one named process (`node.<nodeId>.<service>.<method>`). */
export interface NodeRpcContract<Req extends z.ZodType = z.ZodType, Res extends z.ZodType = z.ZodType> {
  kind: 'nodeRpc';
  service: string;
  method: string;
  request: Req;
  reply: Res;
  errors: readonly ErrorName[];
  timeoutMs: number;
  /** As of `RpcContract`. */
  authority?: RequiredAuthority;
}

/** A fact delivered to every subscriber. `tokens` are the variable parts of its subject, in order. */
export interface EventContract<
  Payload extends z.ZodType = z.ZodType,
  Tokens extends readonly string[] = readonly string[],
> {
  kind: 'event';
  name: string;
  tokens: Tokens;
  payload: Payload;
}

export type RequestOf<C> = C extends { request: infer S extends z.ZodType } ? z.input<S> : never;
export type ParsedRequestOf<C> = C extends { request: infer S extends z.ZodType } ? z.output<S> : never;
export type ReplyOf<C> = C extends { reply: infer S extends z.ZodType } ? z.output<S> : never;
export type PayloadOf<C> = C extends { payload: infer S extends z.ZodType } ? z.output<S> : never;

const defaultTimeoutMs = 3000;
/** For reads: after 6 s the bus sends nothing any more to an instance that cannot be reached. */
export const persistentRead = { repeats: 7, timeoutMs: 8000 };
/** Errors of a request whose statement is refused. */
const authorityErrors: readonly ErrorName[] = ['AUTHORITY_INVALID'];

interface RpcOptions<Req extends z.ZodType, Res extends z.ZodType> {
  request: Req;
  reply: Res;
  errors: readonly ErrorName[];
  timeoutMs?: number;
  repeats?: number;
  attemptsExpire?: boolean;
  authority?: Permission | RequiredAuthority<z.output<Req>>;
}

export function defineRpc<Req extends z.ZodType, Res extends z.ZodType>(
  service: string,
  method: string,
  options: RpcOptions<Req, Res>,
): RpcContract<Req, Res> {
  return { kind: 'rpc', service, method, subject: `rpc.${service}.${method}`, ...withAuthority(options) };
}

export function defineNodeRpc<Req extends z.ZodType, Res extends z.ZodType>(
  service: string,
  method: string,
  options: RpcOptions<Req, Res>,
): NodeRpcContract<Req, Res> {
  return { kind: 'nodeRpc', service, method, ...withAuthority(options) };
}

function withAuthority<Req extends z.ZodType, Res extends z.ZodType>({
  authority,
  ...options
}: RpcOptions<Req, Res>) {
  const contract = { timeoutMs: defaultTimeoutMs, ...options };
  if (authority === undefined) {
    return contract;
  }
  return {
    ...contract,
    authority: (typeof authority === 'string' ? { permission: authority } : authority) as RequiredAuthority,
    errors: [...options.errors, ...authorityErrors],
  };
}

export function defineEvent<Payload extends z.ZodType, const Tokens extends readonly string[] = readonly []>(
  name: string,
  options: { tokens?: Tokens; payload: Payload },
): EventContract<Payload, Tokens> {
  return { kind: 'event', name, tokens: (options.tokens ?? []) as Tokens, payload: options.payload };
}

/** The subject of a method of one process. */
export function nodeSubject(contract: RpcContract | NodeRpcContract, nodeId: string): string {
  return `node.${subjectToken(nodeId)}.${contract.service}.${contract.method}`;
}

/**
 * The subject of an event: its name followed by one token per variable part. An omitted part (subscribers
 * only) becomes the wildcard `*`.
 */
export function eventSubject<Tokens extends readonly string[]>(
  contract: EventContract<z.ZodType, Tokens>,
  values: { [K in Tokens[number]]?: string | number },
): string {
  const parts = contract.tokens.map((token) => {
    const value = values[token as Tokens[number]];
    return value === undefined ? '*' : subjectToken(String(value));
  });
  return [contract.name, ...parts].join('.');
}

/**
 * Encodes any text as one subject token: plain text unchanged, other text as `=` and hex, so that tokens are
 * unique.
 */
export function subjectToken(text: string): string {
  if (/^[0-9A-Za-z_-]+$/.test(text)) {
    return text;
  }
  return `=${Array.from(new TextEncoder().encode(text), (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}
