import { createServer, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';

/** A span as a collector gets it. */
export interface ReceivedSpan {
  service: string;
  name: string;
  traceId: string;
  spanId: string;
  /** Undefined: it is the first of its trace. */
  parentSpanId: string | undefined;
  /** `SpanKind` of OTLP: 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  kind: number;
  startMs: number;
  endMs: number;
  isFailed: boolean;
  attributes: Record<string, string | number>;
}

interface Attribute {
  key: string;
  value: { stringValue?: string; intValue?: number | string; doubleValue?: number };
}

interface OtlpSpan {
  name: string;
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  kind: number;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  status?: { code?: number };
  attributes?: Attribute[];
}

interface OtlpRequest {
  resourceSpans: { resource: { attributes: Attribute[] }; scopeSpans: { spans: OtlpSpan[] }[] }[];
}

/** A collector of traces: OTLP over HTTP, in JSON. */
export class TraceReceiver {
  readonly spans: ReceivedSpan[] = [];
  /** Of every request. */
  readonly headers: IncomingMessage['headers'][] = [];
  /** Answered to every request. */
  status = 200;

  private constructor(private readonly server: Server) {}

  static async start(): Promise<TraceReceiver> {
    const server = createServer();
    const receiver = new TraceReceiver(server);
    server.on('request', (request, response) => {
      void receiver.take(request).then(() => response.writeHead(receiver.status).end('{}'));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  /** For `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** The spans of the trace that this span belongs to, in order of their start. */
  traceOf({ traceId }: ReceivedSpan): ReceivedSpan[] {
    return this.spans
      .filter((span) => span.traceId === traceId)
      .sort((one, other) => one.startMs - other.startMs);
  }

  /** Connections are refused from now on. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
  }

  private async take(request: IncomingMessage): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) {
      chunks.push(chunk as Buffer);
    }
    this.headers.push(request.headers);
    if (request.url !== '/v1/traces' || this.status !== 200) {
      return;
    }
    const { resourceSpans } = JSON.parse(Buffer.concat(chunks).toString()) as OtlpRequest;
    for (const { resource, scopeSpans } of resourceSpans) {
      const service = String(toAttributes(resource.attributes)['service.name']);
      this.spans.push(...scopeSpans.flatMap(({ spans }) => spans.map((span) => toSpan(service, span))));
    }
  }
}

function toSpan(service: string, span: OtlpSpan): ReceivedSpan {
  const {
    attributes = [],
    endTimeUnixNano,
    kind,
    name,
    parentSpanId,
    spanId,
    startTimeUnixNano,
    status,
  } = span;
  return {
    ...{ service, name, traceId: span.traceId, spanId, kind },
    parentSpanId: parentSpanId === '' ? undefined : parentSpanId,
    startMs: Number(startTimeUnixNano) / 1e6,
    endMs: Number(endTimeUnixNano) / 1e6,
    isFailed: status?.code === 2,
    attributes: toAttributes(attributes),
  };
}

function toAttributes(list: Attribute[]): Record<string, string | number> {
  return Object.fromEntries(
    list.map(({ key, value: { stringValue, intValue, doubleValue } }) => [
      key,
      stringValue ?? Number(intValue ?? doubleValue),
    ]),
  );
}
