import { type components, type operations } from './generated/rest-api.js';

/** Resources of the API: `Resources['Room']`. */
export type Resources = components['schemas'];

/** `<group>_<method>`, as in the OpenAPI document. */
export type OperationId = keyof operations;

export interface RequestOptions {
  /** The ETag that the change replaces: otherwise it is refused with 412. Of operations that take `If-Match`. */
  ifMatch?: string;
  /** Of a POST; a random one by default, the same in all attempts. */
  idempotencyKey?: string;
  /** Ends the request, and further attempts. */
  signal?: AbortSignal;
}

export interface RestAnswer<Body> {
  body: Body;
  status: number;
  /** Of the state that was read or written, for `ifMatch`. */
  etag: string | undefined;
  requestId: string | undefined;
}

type Json<Content> = Content extends { 'application/json': infer Body }
  ? Body
  : Content extends { 'application/x-ndjson': infer Line }
    ? Line[]
    : never;
type JsonOf<Message> = Message extends { content: infer Content } ? Json<Content> : never;
/** The members of an object; none instead of `never`. */
type Members<Value> = [NonNullable<Value>] extends [never] ? object : NonNullable<Value>;
type Flat<Value> = { [Name in keyof Value]: Value[Name] };

type PathOf<Id extends OperationId> = Members<operations[Id]['parameters']['path']>;
type QueryOf<Id extends OperationId> = Members<operations[Id]['parameters']['query']>;
/** The client may have an AppID of its own. */
type WithoutAppId<Path> = 'appId' extends keyof Path ? Omit<Path, 'appId'> & { appId?: number } : Path;
type RequestBodyOf<Id extends OperationId> = operations[Id] extends { requestBody?: infer Body }
  ? Body
  : undefined;
type BodyPartOf<Id extends OperationId> = [JsonOf<NonNullable<RequestBodyOf<Id>>>] extends [never]
  ? object
  : undefined extends RequestBodyOf<Id>
    ? { body?: JsonOf<NonNullable<RequestBodyOf<Id>>> }
    : { body: JsonOf<NonNullable<RequestBodyOf<Id>>> };

/** The parameters of an operation by name, and its `body`. */
export type ArgumentsOf<Id extends OperationId> = Flat<
  WithoutAppId<PathOf<Id>> & QueryOf<Id> & BodyPartOf<Id>
>;

/** The body of the answer; of an export: its lines. */
export type ReplyOf<Id extends OperationId> =
  operations[Id]['responses'][keyof operations[Id]['responses']] extends infer Response
    ? JsonOf<Response>
    : never;

/** The arguments may be left out if none is required. */
export type CallOf<Id extends OperationId> =
  object extends ArgumentsOf<Id>
    ? [args?: ArgumentsOf<Id>, options?: RequestOptions]
    : [args: ArgumentsOf<Id>, options?: RequestOptions];

type GroupOf<Id> = Id extends `${infer Group}_${string}` ? Group : never;
type MethodsOf<Group extends string> = {
  readonly [Id in OperationId as Id extends `${Group}_${infer Method}` ? Method : never]: (
    ...args: CallOf<Id>
  ) => Promise<ReplyOf<Id>>;
};

/** The operations by group: `rooms.list`. */
export type Operations = { readonly [Group in GroupOf<OperationId>]: MethodsOf<Group> };
