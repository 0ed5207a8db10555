import { entitlementList, entitlementNames } from '@polyroom/entitlements/list';
import { type OperatorGrant } from '@polyroom/contracts/authority';
import { type StubReply, type StubRequest, type StubRoutes } from './stub-routes.js';

interface StoredEntitlement {
  value: boolean | number | string;
  fromMs?: number;
  untilMs?: number;
  note?: string;
}

const roomCount = 1000;
const memberCount = 10_000;
const hourMs = 3_600_000;
const startMs = Date.UTC(2026, 10, 26, 9, 0);

const operatorOf = (grants: OperatorGrant[]) => ({
  operatorId: 'op_ada',
  email: 'ada@example.com',
  name: 'Ada Lovelace',
  grants,
  enabled: true,
  mustChangePassword: false,
  hasPassword: true,
  hasTotp: true,
  passkeys: 1,
  createdAtMs: startMs - 900 * hourMs,
});

/** One page of a list, in the order of a number as the cursor. */
function pageOf<T>(
  items: readonly T[],
  { query }: StubRequest,
  name: string,
  defaultLimit: number,
): StubReply {
  const from = Number(query.get('cursor') ?? 0);
  const limit = Number(query.get('limit') ?? defaultLimit);
  const end = from + limit;
  return { [name]: items.slice(from, end), ...(end < items.length ? { next: String(end) } : {}) };
}

/** Usage with a course over the day, and hours without any. */
function usageOf(request: StubRequest): StubReply {
  const { query } = request;
  const by = query.get('by') ?? 'app';
  const factor = (at: number) => Math.round(60 * (1 + Math.sin(at / 3)));
  const figures = (count: number) => ({
    sessionMinutes: count * 3.25,
    memberMinutes: count * 5.5,
    messages: count * 12,
    messageBytes: count * 900,
    sentBytes: count * 8_100_000,
    receivedBytes: count * 31_000_000,
  });
  if (by === 'app') {
    return { usage: [figures(1440)] };
  }
  if (by === 'room' || by === 'user') {
    const rows = Array.from({ length: 300 }, (_, at) => ({
      [`${by}Id`]: `${by}-${String(at).padStart(4, '0')}`,
      ...figures(300 - at),
    }));
    return pageOf(rows, request, 'usage', 100);
  }
  const stepMs = by === 'hour' ? hourMs : 24 * hourMs;
  const fromMs = Number(query.get('from'));
  const steps = (Number(query.get('to')) - fromMs) / stepMs;
  return {
    usage: Array.from({ length: steps }, (_, at) => ({
      fromMs: fromMs + at * stepMs,
      ...figures(factor(at)),
    })),
  };
}

/** The data of one made-up cluster, and its routes. */
export function clusterData() {
  const state = {
    /** The IDs of deleted messages. */
    deletedMessages: new Set<string>(),
    /** Undefined: there is no session. */
    grants: [{ role: 'owner' }] as OperatorGrant[] | undefined,
    /** Entitlements that were set, with their terms. */
    stored: new Map<string, StoredEntitlement>([['multiRoom', { value: false }]]),
    /** Counts their changes. */
    version: 1,
    /** Runs before the next change of an entitlement: a change of another operator. */
    meanwhile: undefined as (() => void) | undefined,
    /** The rooms that show the stream `camera-0`. */
    sharedIn: new Set(['room-0000', 'room-0001']),
    /** The bodies of moves and copies, with their way. */
    transfers: [] as Record<string, unknown>[],
    /** The roles of Bo. */
    grantsOfBo: [{ role: 'viewer' }, { role: 'operator', appId: 1_000_000_001 }] as OperatorGrant[],
    /** The bodies of requests that create an operator, an API key or an app. */
    created: [] as Record<string, unknown>[],
  };
  const apps = ['Shop support', 'Town hall', 'Night shift', 'Classrooms'].map((name, index) => ({
    appId: 1_000_000_001 + index,
    name,
    enabled: index !== 2,
    credentialKinds: ['native', 'token04'],
    maxTokenSeconds: null,
    createdAtMs: startMs - (index + 1) * 100 * hourMs,
  }));
  const entitlements = () =>
    entitlementNames.map((name) => {
      const stored = state.stored.get(name);
      const hasTerms = stored !== undefined && Object.keys(stored).length > 1;
      return {
        name,
        value: stored?.value ?? entitlementList[name].default,
        overridden: stored !== undefined,
        ...(hasTerms ? { stored } : {}),
      };
    });
  const rooms = Array.from({ length: roomCount }, (_, index) => ({
    roomId: `room-${String(index).padStart(4, '0')}`,
    roomEpoch: index + 1,
    memberCount: index === 0 ? memberCount : (index * 7) % 40,
    streamCount: index % 5,
    maxMemberCount: 0,
    createdAtMs: startMs - index * 60_000,
  }));
  const members = Array.from({ length: memberCount }, (_, index) => ({
    userId: `user-${String(index).padStart(5, '0')}`,
    userName: `User ${index}`,
  }));
  const streams = Array.from({ length: 6 }, (_, index) => ({
    streamId: `camera-${index}`,
    user: members[index],
    kinds: ['audio', 'video'],
    extraInfo: '',
    operatorMutedKinds: index === 1 ? ['audio'] : [],
  }));
  const spamReason = { roomId: 'lobby', reason: 'spam' };
  const actions = ['user.kick', 'ban.set', 'room.close', 'apiKey.create', 'message.send'];
  const limitChanges = [
    ['entitlement.set', 5, 7],
    ['entitlement.reset', 7, 5],
  ] as const;
  const newestChange = 250;
  const entries = Array.from({ length: 400 }, (_, index) => {
    const change = index < newestChange ? undefined : limitChanges[index % 3];
    const [action, before, after] = change ?? [actions[index % actions.length], null, spamReason];
    return {
      id: String(400 - index),
      appId: apps[0]!.appId,
      seq: 400 - index,
      atMs: startMs - index * 700_000,
      actor: index % 3 === 0 ? 'ada@example.com' : 'pr_live_4f1c0a9be2d76385',
      action,
      subject: change === undefined ? `user:mallory-${index}` : 'maxRoomsPerUser',
      before,
      after,
      address: '192.0.2.7',
      requestId: `req-${index}`,
      outcome: index % 17 === 5 ? 'refused' : 'done',
      hash: 'f'.repeat(64),
    };
  });
  const sessions = [
    {
      sessionId: 's1',
      createdAtMs: startMs,
      expiresAtMs: startMs + 12 * hourMs,
      address: '192.0.2.7',
      userAgent: 'Mozilla/5.0 (X11; Linux x86_64) Chrome/156.0',
      current: true,
    },
    {
      sessionId: 's2',
      createdAtMs: startMs - hourMs,
      expiresAtMs: startMs + hourMs,
      address: '198.51.100.23',
      userAgent: 'Mozilla/5.0 (iPhone) Safari/605.1',
    },
  ];
  const webhooks = [
    {
      endpointId: 'wh_0123456789abcdef',
      url: 'https://shop.example.com/hooks/polyroom',
      format: 'standard',
      types: ['*'],
      roomIds: [],
      description: 'Shop backend',
      enabled: true,
      createdAtMs: startMs,
      updatedAtMs: startMs,
    },
    {
      endpointId: 'wh_fedcba9876543210',
      url: 'https://legacy.example.com/zego-callback',
      format: 'zego',
      types: ['room.opened', 'room.closed', 'user.joined'],
      roomIds: ['lobby'],
      description: '',
      enabled: false,
      disabledReason: 'failing',
      disabledAtMs: startMs,
      createdAtMs: startMs,
      updatedAtMs: startMs,
    },
  ];
  const files = Array.from({ length: 130 }, (_, at) => ({
    recordingId: `rc_1_${'b'.repeat(32)}`,
    appId: 1_000_000_001,
    streamId: `camera-${at}`,
    userId: `user-${String(at).padStart(5, '0')}`,
    ...(at % 3 === 0 ? {} : { roomId: 'room-0000' }),
    path: `app-1000000001/room-room-0000/camera-${at}.20261126T090000000Z.mkv`,
    startedAtMs: startMs - at * hourMs,
    endedAtMs: startMs - at * hourMs + 1_234_000,
    bytes: 91_234_567 + at,
    kinds: ['audio', 'video'],
  }));
  const audit = (request: StubRequest): StubReply => {
    const filter = request.query.get('action');
    const found = entries.filter(({ action }) => filter === null || action === filter);
    return pageOf(found, request, 'entries', 100);
  };
  const routes: StubRoutes = {
    'GET /session': () =>
      state.grants === undefined
        ? { error: { code: 1190101, message: 'There is no session.' } }
        : { operator: operatorOf(state.grants), session: sessions[0] },
    'GET /session/methods': () => ({ password: true, passkey: true, oidc: 'Example Login' }),
    'GET /session/list': () => ({ sessions }),
    'GET /session/passkeys': () => ({
      passkeys: [{ passkeyId: 'pk1', name: 'Laptop', createdAtMs: startMs }],
    }),
    'GET /operators': () => ({
      operators: [
        operatorOf([{ role: 'owner' }]),
        {
          ...operatorOf(state.grantsOfBo),
          operatorId: 'op_bo',
          email: 'bo@example.com',
          name: 'Bo',
          mustChangePassword: true,
          hasTotp: false,
          passkeys: 0,
        },
        { ...operatorOf([]), operatorId: 'op_cy', email: 'cy@example.com', name: 'Cy', enabled: false },
      ],
    }),
    'POST /operators': ({ body }) => {
      state.created.push(body);
      return { operator: { ...operatorOf([]), email: body['email'] }, temporaryPassword: 'temporary' };
    },
    'PUT /operators/{operatorId}/enabled': () => ({}),
    'PUT /operators/op_bo/grants': ({ body }) => {
      state.grantsOfBo = body['grants'] as OperatorGrant[];
      return {};
    },
    'GET /apps': () => ({ apps }),
    'POST /apps': ({ body }) => {
      state.created.push(body);
      return { app: { ...apps[0], appId: body['appId'] }, serverSecret: 'secret', appSign: 'sign' };
    },
    'GET /apps/{appId}': ({ groups }) => ({
      app: apps.find(({ appId }) => appId === Number(groups['appId'])) ?? apps[0],
    }),
    'GET /apps/{appId}/entitlements': () => ({ entitlements: entitlements(), version: state.version }),
    'GET /apps/{appId}/entitlements/{name}': ({ groups }) => ({
      entitlement: entitlements().find(({ name }) => name === groups['name']),
    }),
    'PUT /apps/{appId}/entitlements/{name}': ({ groups, headers, body }) => {
      state.meanwhile?.();
      state.meanwhile = undefined;
      if (![undefined, `"${state.version}"`].includes(headers['if-match'])) {
        return { error: { code: 1190112, message: 'The state has changed.', status: 412 } };
      }
      if (body['value'] === null) {
        state.stored.delete(groups['name']!);
      } else {
        state.stored.set(groups['name']!, body as unknown as StoredEntitlement);
      }
      return { entitlement: entitlements()[0], version: ++state.version };
    },
    'GET /apps/{appId}/quotas': () => ({
      quotas: [
        { name: 'maxRooms', used: roomCount, limit: 10_000 },
        { name: 'maxUsers', used: memberCount - 600, limit: memberCount },
        { name: 'maxSessions', used: memberCount, limit: 20_000 },
        { name: 'maxInteropSessions', used: 2, limit: 100 },
        { name: 'maxBans', used: 3, limit: 0 },
      ],
    }),
    'GET /apps/{appId}/audit': audit,
    'GET /audit': audit,
    'GET /apps/{appId}/secrets': () => ({
      secrets: [
        { secretId: '0123456789abcdef', state: 'primary', createdAtMs: startMs },
        { secretId: 'fedcba9876543210', state: 'live', createdAtMs: startMs - 99 * hourMs },
        { secretId: '00112233445566ff', state: 'retired', createdAtMs: startMs - 999 * hourMs },
      ],
    }),
    'GET /apps/{appId}/api-keys': () => ({
      apiKeys: [
        {
          keyId: 'pr_live_4f1c0a9be2d76385',
          name: 'shop backend',
          permissions: ['rooms:read', 'users:kick', 'messages:send'],
          createdAtMs: startMs - 99 * hourMs,
          createdBy: 'ada@example.com',
          expiresAtMs: Date.now() + 2000 * hourMs,
          lastUsedAtMs: startMs,
        },
        {
          keyId: 'pr_live_00000000e2d76385',
          name: 'old backend',
          permissions: ['rooms:read'],
          createdAtMs: startMs - 9999 * hourMs,
          createdBy: 'bo@example.com',
          expiresAtMs: startMs - hourMs,
        },
      ],
    }),
    'POST /apps/{appId}/api-keys': ({ body }) => {
      state.created.push(body);
      return { key: 'pr_live_new' };
    },
    'GET /apps/{appId}/rooms': (request) => {
      const prefix = request.query.get('prefix') ?? '';
      return pageOf(
        rooms.filter(({ roomId }) => roomId.startsWith(prefix)),
        request,
        'rooms',
        50,
      );
    },
    'GET /apps/{appId}/rooms/{roomId}': ({ groups }) => ({
      roomId: groups['roomId'],
      roomEpoch: 1,
      seq: 12,
      memberCount,
      members: members.slice(0, 500),
      streams,
      attributes: [],
    }),
    'GET /apps/{appId}/rooms/{roomId}/members': (request) => pageOf(members, request, 'members', 500),
    'GET /apps/{appId}/rooms/{roomId}/streams': () => ({ streams }),
    'GET /apps/{appId}/rooms/{roomId}/attributes': () => ({
      attributes: [
        {
          key: 'topic',
          value: 'Quarterly figures',
          version: 3,
          updatedByUserId: 'user-00001',
          updatedAtMs: startMs,
        },
      ],
    }),
    'GET /apps/{appId}/rooms/{roomId}/messages': () => ({
      messages: Array.from({ length: 40 }, (_, index) => ({
        seq: index + 1,
        prev: index,
        messageId: 1000 + index,
        sentAtMs: startMs + index * 1000,
        kind: 'broadcast',
        from: members[index % 4],
        content: state.deletedMessages.has(`${1000 + index}`)
          ? ''
          : index % 9 === 3
            ? 'A longer message, as people write them when they have more to say than a word or two.'
            : 'Hello',
        category: 'chat',
        ...(state.deletedMessages.has(`${1000 + index}`) ? { deleted: true } : {}),
      })),
      gone: false,
    }),
    'DELETE /apps/{appId}/rooms/{roomId}/messages/{messageId}': ({ groups }) => {
      state.deletedMessages.add(groups['messageId']!);
      return {};
    },
    'GET /apps/{appId}/users/{userId}/rooms': () => ({
      rooms: rooms.slice(0, 5).map(({ roomId }) => ({ roomId, sessionId: 'ss_1', epoch: 1 })),
    }),
    'GET /apps/{appId}/users/{userId}/sessions': () => ({
      sessions: [
        {
          sessionId: 'ss_1',
          state: 'live',
          mode: 'multi',
          gatewayId: 'gw_1',
          clientAddress: '192.0.2.9',
          roomIds: rooms.slice(0, 5).map(({ roomId }) => roomId),
        },
      ],
    }),
    'GET /apps/{appId}/users/{userId}/streams': () => ({
      streams: [{ streamId: 'camera-0', channel: 0, sessionId: 'ss_1', roomIds: [...state.sharedIn] }],
    }),
    'POST /apps/{appId}/users/{userId}/move': ({ body }) => {
      state.transfers.push({ way: 'move', ...body });
      return { roomIds: [], streamIds: [] };
    },
    'POST /apps/{appId}/users/{userId}/copy': ({ body }) => {
      state.transfers.push({ way: 'copy', ...body });
      return body['to'] === 'one-too-many'
        ? { error: { code: 1002037, message: 'The user has reached the limit of rooms.' } }
        : { roomIds: [], streamIds: [] };
    },
    'PUT /apps/{appId}/streams/{streamId}/rooms/{roomId}': ({ groups }) => {
      state.sharedIn.add(groups['roomId']!);
      return { roomIds: [...state.sharedIn] };
    },
    'DELETE /apps/{appId}/streams/{streamId}/rooms/{roomId}': ({ groups }) => {
      state.sharedIn.delete(groups['roomId']!);
      return { roomIds: [...state.sharedIn] };
    },
    'GET /apps/{appId}/bans': () => ({
      bans: [
        { banId: 'b1', userId: 'mallory', privilege: 'login', untilMs: startMs + 9 * hourMs },
        { banId: 'b2', address: '203.0.113.0/24', privilege: 'login', untilMs: startMs + 20 * hourMs },
        {
          banId: 'b3',
          userId: 'trudy',
          roomId: 'lobby',
          privilege: 'publish',
          untilMs: startMs + 3 * hourMs,
        },
      ],
    }),
    'GET /apps/{appId}/usage': usageOf,
    'GET /apps/{appId}/webhooks': () => ({ webhooks }),
    'GET /apps/{appId}/webhooks/{endpointId}/deliveries': () => ({
      state: { cursor: '120', waiting: 3, failingSinceMs: startMs, nextAttemptAtMs: startMs + 60_000 },
      deliveries: Array.from({ length: 120 }, (_, index) => ({
        eventId: `evt_${index}`,
        cursor: String(120 - index),
        type: index % 3 === 0 ? 'room.opened' : 'user.joined',
        roomId: `room-${index}`,
        ...(index % 3 === 0 ? {} : { userId: `user-${index}` }),
        attempt: (index % 4) + 1,
        atMs: startMs - index * 1000,
        durationMs: 30 + index,
        outcome: index % 5 === 0 ? 'failed' : 'delivered',
        status: index % 5 === 0 ? 500 : 204,
      })),
    }),
    'GET /cluster': () => ({
      instances: ['auth', 'gateway', 'media', 'messaging', 'recorder', 'room', 'webhooks'].flatMap(
        (service, at) =>
          [1, 2].map((number) => ({
            service,
            instanceId: `${service}-${number}.example.internal:7080`,
            version: '0.1.0',
            startedAtMs: startMs - number * hourMs,
            reportedAtMs: startMs,
            checks: {
              bus: 'ok',
              ...(service === 'room' ? { redis: number === 2 ? 'connect ECONNREFUSED' : 'ok' } : {}),
              ...(at === 0 ? { database: 'ok' } : {}),
              ...(service === 'media' ? { workers: 'ok' } : {}),
            },
          })),
      ),
      mediaNodes: [0.21, 0.93].map((cpuLoad, index) => ({
        nodeId: `nd_${index + 1}`,
        state: index === 0 ? 'active' : 'draining',
        region: 'eu-central',
        cpuLoad,
        sessions: 412 - index * 400,
        workers: 8,
        atMs: startMs,
        incarnation: 'x',
      })),
    }),
    'GET /apps/{appId}/recordings/files': (request) => pageOf(files, request, 'files', 100),
    'GET /apps/{appId}/recordings/{recordingId}/file': ({ query }) =>
      query.get('path') === files[0]!.path
        ? { error: { code: 1190709, message: 'No media node that answers has this recording file.' } }
        : { attachment: 'camera-1.mkv' },
    'GET /apps/{appId}/recordings': () => ({
      recordings: [
        {
          recordingId: `rc_1_${'a'.repeat(32)}`,
          appId: 1_000_000_001,
          roomId: 'room-0000',
          recordings: [
            {
              recordingId: `rc_1_${'a'.repeat(32)}`,
              appId: 1_000_000_001,
              streamId: 'camera-0',
              startedAtMs: startMs,
              files: 1,
              nodeId: 'nd_1',
              file: {
                path: '1000000001/rc_1/camera-0-1.webm',
                startedAtMs: startMs,
                kinds: ['audio', 'video'],
              },
            },
          ],
        },
      ],
    }),
  };
  return { state, apps, routes };
}
