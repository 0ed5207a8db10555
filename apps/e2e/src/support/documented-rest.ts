import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';

interface MediaTypes {
  content?: Record<string, { schema?: object }>;
}

interface Operation {
  operationId: string;
  parameters?: { name: string; in: string; required?: boolean }[];
  requestBody?: { required?: boolean } & MediaTypes;
  responses: Record<string, MediaTypes & { $ref?: string }>;
}

interface Document {
  paths: Record<string, Record<string, Operation>>;
  components: { responses: Record<string, MediaTypes> };
}

export interface RestAnswer {
  status: number;
  headers: Headers;
  body: Record<string, unknown>;
}

export interface RestRequest {
  path?: Record<string, string | number>;
  query?: Record<string, string | number>;
  body?: unknown;
  headers?: Record<string, string>;
}

/**
 * A client of the REST API that knows it from its OpenAPI document only: names an operation by its ID, and throws if
 * an answer has a status, a content type or a body that the document does not describe.
 */
export class DocumentedRest {
  /** IDs of the operations that were asked. */
  readonly asked = new Set<string>();
  private readonly operations = new Map<string, { method: string; template: string; operation: Operation }>();
  private readonly ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
  private readonly validators = new Map<string, ValidateFunction>();

  private constructor(
    private readonly baseUrl: string,
    private readonly document: Document,
  ) {
    for (const [template, item] of Object.entries(document.paths)) {
      for (const [method, operation] of Object.entries(item)) {
        this.operations.set(operation.operationId, { method: method.toUpperCase(), template, operation });
      }
    }
    this.ajv.addSchema({ $id: 'api', components: document.components });
  }

  static async load(baseUrl: string): Promise<DocumentedRest> {
    const response = await fetch(`${baseUrl}/openapi.json`);
    return new DocumentedRest(baseUrl, (await response.json()) as Document);
  }

  get operationIds(): string[] {
    return [...this.operations.keys()];
  }

  /** Names of the parameters in the path of an operation. */
  pathParametersOf(operationId: string): string[] {
    const { template } = this.find(operationId);
    return [...template.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!);
  }

  async send(operationId: string, request: RestRequest = {}): Promise<RestAnswer> {
    const { method, template, operation } = this.find(operationId);
    const path = template.replace(/\{(\w+)\}/g, (_all, name: string) => {
      const value = request.path?.[name];
      if (value === undefined) {
        throw new Error(`${operationId} needs the path parameter ${name}`);
      }
      return encodeURIComponent(value);
    });
    const query = new URLSearchParams(
      Object.entries(request.query ?? {}).map(([name, value]) => [name, String(value)]),
    );
    const response = await fetch(`${this.baseUrl}${path}${query.size === 0 ? '' : `?${query}`}`, {
      method,
      redirect: 'manual',
      headers: {
        ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...request.headers,
      },
      ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
    });
    this.asked.add(operationId);
    return this.check(operationId, operation, response);
  }

  private async check(operationId: string, operation: Operation, response: Response): Promise<RestAnswer> {
    const { status, headers } = response;
    const text = await response.text();
    const fail = (problem: string): never => {
      throw new Error(`${operationId} answered ${status}: ${problem}: ${text.slice(0, 500)}`);
    };
    const { $ref, ...own } = operation.responses[status] ?? fail('an undocumented status');
    const described =
      $ref === undefined
        ? own
        : this.document.components.responses[$ref.replace('#/components/responses/', '')]!;
    const type = headers.get('content-type')?.split(';', 1)[0] ?? '';
    const { schema } =
      described.content?.[type] ?? fail(`the undocumented content type ${JSON.stringify(type)}`);
    // An export is one document per line.
    const values = (
      type !== 'application/x-ndjson' ? [text] : text.split('\n').filter((line) => line !== '')
    ).map((line) => JSON.parse(line) as Record<string, unknown>);
    const validate = this.validatorOf(`${operationId} ${status} ${type}`, schema ?? {});
    for (const value of values) {
      if (!validate(value)) {
        fail(this.ajv.errorsText(validate.errors));
      }
    }
    return { status, headers, body: values[0] ?? {} };
  }

  private validatorOf(key: string, schema: object): ValidateFunction {
    const known = this.validators.get(key);
    if (known !== undefined) {
      return known;
    }
    // References of the document are relative to it.
    const text = JSON.stringify(schema).replaceAll('"#/components/', '"api#/components/');
    const made = this.ajv.compile(JSON.parse(text) as object);
    this.validators.set(key, made);
    return made;
  }

  private find(operationId: string): { method: string; template: string; operation: Operation } {
    const found = this.operations.get(operationId);
    if (found === undefined) {
      throw new Error(`the OpenAPI document has no operation ${operationId}`);
    }
    return found;
  }
}
