// Generated from docs/openapi.json: npm run build, node tools/generate/dist/main.js
export interface components {
  schemas: {
    ApiKey: {
      keyId: string;
      name: string;
      permissions: string[];
      createdAtMs: number;
      createdBy: string;
      expiresAtMs: number;
      revokedAtMs?: number;
      lastUsedAtMs?: number;
    };
    App: {
      appId: number;
      name: string;
      enabled: boolean;
      credentialKinds: components['schemas']['CredentialKind'][];
      maxTokenSeconds: number | null;
      createdAtMs: number;
    };
    AppEvent: {
      id: string;
      cursor: string;
      type: components['schemas']['AppEventType'];
      appId: number;
      atMs: number;
      roomId?: string;
      userId?: string;
      epoch: string;
      seq: number;
      data: {
        [key: string]: unknown;
      };
    };
    /** @enum {string} */
    AppEventType:
      | 'room.opened'
      | 'room.closed'
      | 'user.joined'
      | 'user.left'
      | 'user.reconnecting'
      | 'user.reconnected'
      | 'session.started'
      | 'session.ended'
      | 'stream.added'
      | 'stream.removed'
      | 'stream.muted'
      | 'message.sent'
      | 'message.deleted'
      | 'recording.fileReady'
      | 'limit.reached'
      | 'webhook.disabled'
      | 'webhook.test';
    AuditEntry: {
      id: string;
      appId: number;
      seq: number;
      atMs: number;
      actor: string;
      action: string;
      subject: string;
      before: unknown;
      after: unknown;
      address: string | null;
      requestId: string | null;
      outcome: string;
      hash: string | null;
    };
    Ban: {
      banId: string;
      userId?: string;
      roomId?: string;
      address?: string;
      /** @enum {string} */
      privilege: 'login' | 'publish' | 'play';
      untilMs: number;
    };
    /** @enum {string} */
    CredentialKind: 'appSign' | 'token04' | 'native';
    /** @enum {string} */
    DeliveryOutcome: 'delivered' | 'failed' | 'expired';
    Entitlement: {
      name: string;
      value: components['schemas']['EntitlementValue'];
      overridden: boolean;
      stored?: {
        value: components['schemas']['EntitlementValue'];
        fromMs?: number;
        untilMs?: number;
        note?: string;
      };
    };
    EntitlementValue: boolean | number | string;
    Instance: {
      /** @enum {string} */
      service: 'gateway' | 'interop' | 'auth' | 'room' | 'messaging' | 'recorder' | 'media' | 'webhooks';
      instanceId: string;
      version: string;
      startedAtMs: number;
      checks: {
        [key: string]: string;
      };
      reportedAtMs: number;
    };
    LoginHook: {
      deadlineMs: number;
      /** @enum {string} */
      onFailure: 'allow' | 'deny';
      /** Format: uri */
      url: string;
    };
    /** @enum {string} */
    MediaKind: 'audio' | 'video';
    MediaNode: {
      nodeId: string;
      /** @enum {string} */
      state: 'active' | 'draining';
      region: string;
      cpuLoad: number;
      sessions: number;
      workers: number;
      atMs: number;
      incarnation: string;
    };
    Member: {
      userId: string;
      userName: string;
    };
    Message: {
      seq: number;
      prev: number;
      messageId: number;
      sentAtMs: number;
      /** @enum {string} */
      kind: 'broadcast' | 'command' | 'transparent' | 'deletion';
      from: components['schemas']['Member'];
      content: string;
      /** @enum {string} */
      category: 'chat' | 'system';
      to?: string[];
      deletes?: number;
      /** @enum {boolean} */
      deleted?: true;
    };
    Mutes: {
      kinds: components['schemas']['MediaKind'][];
    };
    Operator: {
      operatorId: string;
      email: string;
      name: string;
      grants: components['schemas']['OperatorGrant'][];
      enabled: boolean;
      mustChangePassword: boolean;
      hasPassword: boolean;
      hasTotp: boolean;
      passkeys: number;
      createdAtMs: number;
    };
    OperatorGrant: {
      role: components['schemas']['OperatorRole'];
      appId?: number;
    };
    /** @enum {string} */
    OperatorRole: 'owner' | 'operator' | 'viewer';
    OperatorSession: {
      sessionId: string;
      createdAtMs: number;
      expiresAtMs: number;
      address: string | null;
      userAgent: string | null;
    };
    Quota: {
      /** @enum {string} */
      name: 'maxRooms' | 'maxUsers' | 'maxSessions' | 'maxInteropSessions' | 'maxBans';
      limit: number;
      used?: number;
    };
    RecordedFile: {
      recordingId: string;
      appId: number;
      streamId: string;
      roomId?: string;
      path: string;
      startedAtMs: number;
      kinds: components['schemas']['MediaKind'][];
      userId: string;
      endedAtMs: number;
      bytes: number;
    };
    RecordedStream: {
      recordingId: string;
      appId: number;
      streamId: string;
      roomId?: string;
      startedAtMs: number;
      file?: {
        path: string;
        startedAtMs: number;
        kinds: components['schemas']['MediaKind'][];
      };
      files: number;
      nodeId: string;
    };
    Recording: {
      recordingId: string;
      appId: number;
      roomId?: string;
      streamId?: string;
      recordings: components['schemas']['RecordedStream'][];
    };
    Room: {
      roomId: string;
      roomEpoch: string;
      memberCount: number;
      streamCount: number;
      maxMemberCount: number;
      createdAtMs: number;
      keepUntilMs?: number;
    };
    RoomAttribute: {
      key: string;
      value: string;
      version: number;
      updatedByUserId: string;
      updatedAtMs: number;
    };
    RoomSnapshot: {
      roomId: string;
      roomEpoch: string;
      seq: number;
      memberCount: number;
      members: components['schemas']['Member'][];
      streams: components['schemas']['RoomStream'][];
      attributes: components['schemas']['RoomAttribute'][];
    };
    RoomStream: {
      streamId: string;
      user: components['schemas']['Member'];
      extraInfo: string;
      kinds: ('audio' | 'video' | 'data')[];
      mutedKinds?: components['schemas']['MediaKind'][];
      operatorMutedKinds?: components['schemas']['MediaKind'][];
    };
    Secret: {
      secretId: string;
      /** @enum {string} */
      state: 'primary' | 'live' | 'retired';
      createdAtMs: number;
      retiredAtMs?: number;
    };
    Usage: {
      roomId?: string;
      userId?: string;
      fromMs?: number;
      sessionMinutes: number;
      memberMinutes: number;
      messages: number;
      messageBytes: number;
      sentBytes: number;
      receivedBytes: number;
    };
    UserRoom: {
      roomId: string;
      sessionId: string;
      epoch: number;
    };
    UserSession: {
      sessionId: string;
      /** @enum {string} */
      state: 'live' | 'suspended';
      /** @enum {string} */
      mode?: 'single' | 'multi';
      gatewayId: string;
      clientAddress?: string;
      graceEndMs?: number;
      roomIds: string[];
    };
    UserStream: {
      streamId: string;
      sessionId: string;
      channel?: number;
      roomIds: string[];
    };
    Webhook: {
      endpointId: string;
      /** Format: uri */
      url: string;
      format: components['schemas']['WebhookFormat'];
      types: components['schemas']['WebhookType'][];
      roomIds: string[];
      description: string;
      enabled: boolean;
      /** @enum {string} */
      disabledReason?: 'operator' | 'failing';
      disabledAtMs?: number;
      createdAtMs: number;
      updatedAtMs: number;
      oldSecretValidUntilMs?: number;
    };
    WebhookDelivery: {
      eventId: string;
      cursor: string;
      type: string;
      roomId?: string;
      userId?: string;
      attempt: number;
      atMs: number;
      durationMs: number;
      outcome: components['schemas']['DeliveryOutcome'];
      status?: number;
      error?: string;
      manual?: boolean;
    };
    /** @enum {string} */
    WebhookFormat: 'standard' | 'zego';
    WebhookType:
      | components['schemas']['AppEventType']
      | (
          | '*'
          | 'room.*'
          | 'user.*'
          | 'session.*'
          | 'stream.*'
          | 'message.*'
          | 'recording.*'
          | 'limit.*'
          | 'webhook.*'
        );
  };
  responses: never;
  parameters: never;
  requestBodies: never;
  headers: never;
  pathItems: never;
}
export interface operations {
  apps_list: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Success */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            apps: components['schemas']['App'][];
          };
        };
      };
    };
  };
  apps_create: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': {
          appId: number;
          name: string;
          appSign?: string;
          serverSecret?: string;
          credentialKinds?: components['schemas']['CredentialKind'][];
        };
      };
    };
    responses: {
      /** @description Success */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            app: components['schemas']['App'];
            appSign: string;
            serverSecret: string;
          };
        };
      };
    };
  };
  apps_get: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        appId: number;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Success */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            app: components['schemas']['App'];
          };
        };
      };
    };
  };
  apps_delete: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        appId: number;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': {
          confirm: string;
        };
      };
    };
    responses: {
      /** @description Success */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': Record<string, never>;
        };
      };
    };
  };
  apiKeys_list: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        appId: number;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Success */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            apiKeys: components['schemas']['ApiKey'][];
          };
        };
      };
    };
  };
  apiKeys_create: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        appId: number;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': {
          name: string;
          permissions: (
            | 'entitlements:read'
            | 'audit:read'
            | 'rooms:read'
            | 'rooms:write'
            | 'users:kick'
            | 'users:ban'
            | 'users:move'
            | 'tokens:revoke'
            | 'messages:send'
            | 'messages:delete'
            | 'messages:read'
            | 'streams:read'
            | 'streams:mute'
            | 'streams:stop'
            | 'streams:share'
            | 'recordings:read'
            | 'recordings:write'
            | 'webhooks:read'
            | 'webhooks:write'
            | 'events:read'
            | 'usage:read'
          )[];
          /** @default 7776000000 */
          expiresInMs?: number;
        };
      };
    };
    responses: {
      /** @description Success */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            apiKey: components['schemas']['ApiKey'];
            key: string;
          };
        };
      };
    };
  };
  apiKeys_revoke: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        appId: number;
        keyId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Success */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            apiKey: components['schemas']['ApiKey'];
          };
        };
      };
    };
  };
  apiKeys_setExpiry: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        appId: number;
        keyId: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': {
          expiresInMs: number;
        };
      };
    };
    responses: {
      /** @description Success */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            apiKey: components['schemas']['ApiKey'];
          };
        };
      };
    };
  };
  secrets_replaceAppSign: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        appId: number;
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        'application/json': {
          appSign?: string;
          oldValidUntilMs?: number;
        };
      };
    };
    responses: {
      /** @description Success */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            appSign: string;
            oldValidUntilMs?: number;
          };
        };
      };
    };
  };
  audit_listOfApp: {
    parameters: {
      query?: {
        actor?: string;
        action?: string;
        subject?: string;
        fromMs?: number;
        toMs?: number;
        cursor?: string;
        limit?: number;
      };
      header?: never;
      path: {
        appId: number;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Success */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            entries: components['schemas']['AuditEntry'][];
            next?: string;
          };
        };
      };
    };
  };
  audit_exportOfApp: {
    parameters: {
      query?: {
        actor?: string;
        action?: string;
        subject?: string;
        fromMs?: number;
        toMs?: number;
      };
      header?: never;
      path: {
        appId: number;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Success */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/x-ndjson': components['schemas']['AuditEntry'];
        };
      };
    };
  };
  bans_list: {
    parameters: {
      query?: {
        userId?: string;
        roomId?: string;
        address?: string;
        cursor?: string;
        limit?: number;
      };
      header?: never;
      path: {
        appId: number;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Success */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            bans: components['schemas']['Ban'][];
            next?: string;
          };
        };
      };
    };
  };
  bans_set: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        appId: number;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': {
          userId?: string;
          roomId?: string;
          address?: string;
          /**
           * @default login
           * @enum {string}
           */
          privilege?: 'login' | 'publish' | 'play';
          forMs: number;
        };
      };
    };
    responses: {
      /** @description Success */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            ban?: components['schemas']['Ban'];
          };
        };
      };
    };
  };
  bans_lift: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        appId: number;
        banId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Success */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            ban: components['schemas']['Ban'];
          };
        };
      };
    };
  };
  apps_setCredentials: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        appId: number;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': {
          credentialKinds: components['schemas']['CredentialKind'][];
          /** @default null */
          maxTokenSeconds?: number | null;
        };
      };
    };
    responses: {
      /** @description Success */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            app: components['schemas']['App'];
          };
        };
      };
    };
  };
  apps_setEnabled: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        appId: number;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': {
          enabled: boolean;
        };
      };
    };
    responses: {
      /** @description Success */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            app: components['schemas']['App'];
          };
        };
      };
    };
  };
  entitlements_list: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        appId: number;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Success */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            entitlements: components['schemas']['Entitlement'][];
            version: number;
          };
        };
      };
    };
  };
  entitlements_get: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        appId: number;
        name: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /**
       * @description Success
       *
       *     Success
       */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            entitlement: components['schemas']['Entitlement'];
            version: number;
            warnings?: string[];
          };
        };
      };
    };
  };
  entitlements_set: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        appId: number;
        name: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': {
          value: components['schemas']['EntitlementValue'] | null;
          fromMs?: number;
          untilMs?: number;
          note?: string;
        };
      };
    };
    responses: {
      /**
       * @description Success
       *
       *     Success
       */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            entitlement: components['schemas']['Entitlement'];
            version: number;
            warnings?: string[];
          };
        };
      };
    };
  };
  events_read: {
    parameters: {
      query?: {
        after?: string;
        fromMs?: number;
        room?: string;
        user?: string;
        limit?: number;
      };
      header?: never;
      path: {
        appId: number;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Success */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            events: components['schemas']['AppEvent'][];
            next?: string;
            gone: boolean;
          };
        };
      };
    };
  };
  loginHook_get: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        appId: number;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Success */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            loginHook?: components['schemas']['LoginHook'];
          };
        };
      };
    };
  };
  loginHook_set: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        appId: number;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': {
          /** Format: uri */
          url: string;
          /** @default 1000 */
          deadlineMs?: number;
          /** @enum {string} */
          onFailure: 'allow' | 'deny';
          secret?: string;
        };
      };
    };
    responses: {
      /** @description Success */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            loginHook: components['schemas']['LoginHook'];
            secret?: string;
          };
        };
      };
    };
  };
  loginHook_delete: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        appId: number;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Success */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': Record<string, never>;
        };
      };
    };
  };
  entitlements_readQuotas: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        appId: number;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Success */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            quotas: components['schemas']['Quota'][];
          };
        };
      };
    };
  };
  recordings_list: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        appId: number;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Success */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            recordings: components['schemas']['Recording'][];
          };
        };
      };
    };
  };
  recordings_listFiles: {
    parameters: {
      query?: {
        cursor?: string;
        limit?: number;
      };
      header?: never;
      path: {
        appId: number;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Success */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            files: components['schemas']['RecordedFile'][];
            next?: string;
          };
        };
      };
    };
  };
  recordings_end: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        appId: number;
        recordingId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Success */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            streams: number;
          };
        };
      };
    };
  };
  revocations_revoke: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        appId: number;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': {
          userId?: string;
          tokenId?: string;
          token?: string;
          issuedBefore?: number;
        };
      };
    };
    responses: {
      /** @description Success */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            revocation: {
              userId?: string;
              tokenId?: string;
              issuedBeforeMs?: number;
            };
            expiresAtMs: number;
          };
        };
      };
    };
  };
  rooms_list: {
    parameters: {
      query?: {
        prefix?: string;
        cursor?: string;
        limit?: number;
      };
      header?: never;
      path: {
        appId: number;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Success */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            rooms: components['schemas']['Room'][];
            next?: string;
          };
        };
      };
    };
  };
  rooms_get: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        appId: number;
        roomId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Success */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['RoomSnapshot'];
        };
      };
    };
  };
  rooms_create: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        appId: number;
        roomId: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': {
          /** @default 0 */
          maxMemberCount?: number;
          keepMs: number;
        };
      };
    };
    responses: {
      /**
       * @description Success
       *
       *     Success
       */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            created: boolean;
          };
        };
      };
    };
  };
  rooms_close: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        appId: number;
        roomId: string;
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        'application/json': {
          reason?: string;
        };
      };
    };
    responses: {
      /** @description Success */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            members: number;
          };
        };
      };
    };
  };
  rooms_getAttributes: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        appId: number;
        roomId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /**
       * @description Success
       *
       *     Success
       */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            attributes: components['schemas']['RoomAttribute'][];
          };
        };
      };
    };
  };
  rooms_setAttributes: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        appId: number;
        roomId: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': {
          changes: {
            key: string;
            value: string;
            version?: number;
          }[];
        };
      };
    };
    responses: {
      /**
       * @description Success
       *
       *     Success
       */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            attributes: components['schemas']['RoomAttribute'][];
          };
        };
      };
    };
  };
  members_list: {
    parameters: {
      query?: {
        cursor?: string;
      };
      header?: never;
      path: {
        appId: number;
        roomId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Success */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            members: components['schemas']['Member'][];
            next?: string;
          };
        };
      };
    };
  };
  members_kick: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        appId: number;
        roomId: string;
        userId: string;
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        'application/json': {
          reason?: string;
          blockSeconds?: number;
        };
      };
    };
    responses: {
      /** @description Success */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            roomIds: string[];
          };
        };
      };
    };
  };
  mutes_readOfMember: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        appId: number;
        roomId: string;
        userId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Success */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Mutes'];
        };
      };
    };
  };
  mutes_muteMember: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        appId: number;
        roomId: string;
        userId: string;
        kind: components['schemas']['MediaKind'];
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        'application/json': {
          /** @default 2592000 */
          forSeconds?: number;
        };
      };
    };
    responses: {
      /** @description Success */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Mutes'];
        };
      };
    };
  };
  mutes_unmuteMember: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        appId: number;
        roomId: string;
        userId: string;
        kind: components['schemas']['MediaKind'];
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Success */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Mutes'];
        };
      };
    };
  };
  messages_list: {
    parameters: {
      query?: {
        cursor?: string;
        limit?: number;
      };
      header?: never;
      path: {
        appId: number;
        roomId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Success */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            messages: components['schemas']['Message'][];
            next?: string;
            gone: boolean;
          };
        };
      };
    };
  };
  messages_send: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        appId: number;
        roomId: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': {
          /** @enum {string} */
          kind: 'broadcast' | 'command' | 'transparent' | 'barrage';
          /**
           * @default system
           * @enum {string}
           */
          category?: 'chat' | 'system';
          from?: components['schemas']['Member'];
          content: string;
          to?: string[];
          clientMessageId?: string;
        };
      };
    };
    responses: {
      /** @description Success */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json':
            | {
                messageId?: number;
                seq?: number;
                sentAtMs?: number;
              }
            | {
                messageId: string;
              };
        };
      };
    };
  };
  messages_delete: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        appId: number;
        roomId: string;
        messageId: number;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Success */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': Record<string, never>;
        };
      };
    };
  };
  recordings_recordRoom: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        appId: number;
        roomId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Success */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Recording'];
        };
      };
    };
  };
  rooms_getSettings: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        appId: number;
        roomId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /**
       * @description Success
       *
       *     Success
       */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            maxMemberCount: number;
            keepUntilMs?: number;
          };
        };
      };
    };
  };
  streams_listOfRoom: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        appId: number;
        roomId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Success */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            streams: components['schemas']['RoomStream'][];
          };
        };
      };
    };
  };
  mutes_readOfStream: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        appId: number;
        roomId: string;
        streamId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Success */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Mutes'];
        };
      };
    };
  };
  mutes_muteStream: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        appId: number;
        roomId: string;
        streamId: string;
        kind: components['schemas']['MediaKind'];
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        'application/json': {
          /** @default 2592000 */
          forSeconds?: number;
        };
      };
    };
    responses: {
      /** @description Success */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Mutes'];
        };
      };
    };
  };
  mutes_unmuteStream: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        appId: number;
        roomId: string;
        streamId: string;
        kind: components['schemas']['MediaKind'];
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Success */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Mutes'];
        };
      };
    };
  };
  secrets_list: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        appId: number;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Success */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            secrets: components['schemas']['Secret'][];
          };
        };
      };
    };
  };
  secrets_add: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        appId: number;
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        'application/json': {
          serverSecret?: string;
        };
      };
    };
    responses: {
      /** @description Success */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            secret: components['schemas']['Secret'];
            serverSecret: string;
          };
        };
      };
    };
  };
  secrets_retire: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        appId: number;
        secretId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Success */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            secrets: components['schemas']['Secret'][];
          };
        };
      };
    };
  };
  secrets_promote: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        appId: number;
        secretId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Success */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            secrets: components['schemas']['Secret'][];
          };
        };
      };
    };
  };
  streams_stop: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        appId: number;
        streamId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Success */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            roomIds: string[];
          };
        };
      };
    };
  };
  recordings_recordStream: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        appId: number;
        streamId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Success */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Recording'];
        };
      };
    };
  };
  transfers_share: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        appId: number;
        roomId: string;
        streamId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Success */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            roomIds: string[];
          };
        };
      };
    };
  };
  transfers_unshare: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        appId: number;
        roomId: string;
        streamId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Success */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            roomIds: string[];
          };
        };
      };
    };
  };
  usage_get: {
    parameters: {
      query: {
        from: string;
        to: string;
        by?: 'app' | 'room' | 'user' | 'hour' | 'day';
        cursor?: string;
        limit?: number;
      };
      header?: never;
      path: {
        appId: number;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Success */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            usage: components['schemas']['Usage'][];
            next?: string;
          };
        };
      };
    };
  };
  transfers_copy: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        appId: number;
        userId: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': {
          to: string;
          from?: string;
          /** @default true */
          shareStreams?: boolean;
        };
      };
    };
    responses: {
      /** @description Success */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            roomIds: string[];
            streamIds: string[];
          };
        };
      };
    };
  };
  entitlements_listOfUser: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        appId: number;
        userId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Success */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            entitlements: components['schemas']['Entitlement'][];
            version: number;
          };
        };
      };
    };
  };
  entitlements_setOfUser: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        appId: number;
        userId: string;
        name: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': {
          value: components['schemas']['EntitlementValue'] | null;
          fromMs?: number;
          untilMs?: number;
          note?: string;
        };
      };
    };
    responses: {
      /**
       * @description Success
       *
       *     Success
       */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            entitlement: components['schemas']['Entitlement'];
            version: number;
            warnings?: string[];
          };
        };
      };
    };
  };
  transfers_move: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        appId: number;
        userId: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': {
          from: string;
          to: string;
        };
      };
    };
    responses: {
      /** @description Success */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            roomIds: string[];
            streamIds: string[];
          };
        };
      };
    };
  };
  members_listRooms: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        appId: number;
        userId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Success */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            rooms: components['schemas']['UserRoom'][];
          };
        };
      };
    };
  };
  members_kickFromAll: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        appId: number;
        userId: string;
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        'application/json': {
          reason?: string;
          blockSeconds?: number;
        };
      };
    };
    responses: {
      /** @description Success */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            roomIds: string[];
          };
        };
      };
    };
  };
  members_listSessions: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        appId: number;
        userId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Success */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            sessions: components['schemas']['UserSession'][];
          };
        };
      };
    };
  };
  streams_listOfUser: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        appId: number;
        userId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Success */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            streams: components['schemas']['UserStream'][];
          };
        };
      };
    };
  };
  webhooks_list: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        appId: number;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Success */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            webhooks: components['schemas']['Webhook'][];
          };
        };
      };
    };
  };
  webhooks_create: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        appId: number;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': {
          /** Format: uri */
          url: string;
          /**
           * @default standard
           * @enum {string}
           */
          format?: 'standard' | 'zego';
          /**
           * @default [
           *       "*"
           *     ]
           */
          types?: components['schemas']['WebhookType'][];
          /** @default [] */
          roomIds?: string[];
          /** @default  */
          description?: string;
          /** @default true */
          enabled?: boolean;
          secret?: string;
        };
      };
    };
    responses: {
      /** @description Success */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            webhook: components['schemas']['Webhook'];
            secret: string;
          };
        };
      };
    };
  };
  webhooks_delete: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        appId: number;
        endpointId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Success */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': Record<string, never>;
        };
      };
    };
  };
  webhooks_update: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        appId: number;
        endpointId: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': {
          /** Format: uri */
          url?: string;
          format?: components['schemas']['WebhookFormat'];
          types?: components['schemas']['WebhookType'][];
          roomIds?: string[];
          description?: string;
          enabled?: boolean;
          secret?: string;
        };
      };
    };
    responses: {
      /** @description Success */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            webhook: components['schemas']['Webhook'];
          };
        };
      };
    };
  };
  webhooks_deliveries: {
    parameters: {
      query?: {
        outcome?: components['schemas']['DeliveryOutcome'];
        limit?: number;
      };
      header?: never;
      path: {
        appId: number;
        endpointId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Success */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            state: {
              cursor: string;
              waiting: number;
              failingSinceMs?: number;
              nextAttemptAtMs?: number;
            };
            deliveries: components['schemas']['WebhookDelivery'][];
          };
        };
      };
    };
  };
  webhooks_retry: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        appId: number;
        endpointId: string;
        cursor: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Success */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            delivery: components['schemas']['WebhookDelivery'];
          };
        };
      };
    };
  };
  webhooks_replay: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        appId: number;
        endpointId: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': {
          after?: string;
          fromMs?: number;
        };
      };
    };
    responses: {
      /** @description Success */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            cursor: string;
          };
        };
      };
    };
  };
  webhooks_rotate: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        appId: number;
        endpointId: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': {
          /** @default 86400 */
          overlapSeconds?: number;
          secret?: string;
        };
      };
    };
    responses: {
      /** @description Success */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            webhook: components['schemas']['Webhook'];
            secret: string;
          };
        };
      };
    };
  };
  webhooks_test: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        appId: number;
        endpointId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Success */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            delivery: components['schemas']['WebhookDelivery'];
          };
        };
      };
    };
  };
  audit_list: {
    parameters: {
      query?: {
        actor?: string;
        action?: string;
        subject?: string;
        fromMs?: number;
        toMs?: number;
        cursor?: string;
        limit?: number;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Success */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            entries: components['schemas']['AuditEntry'][];
            next?: string;
          };
        };
      };
    };
  };
  audit_export: {
    parameters: {
      query?: {
        actor?: string;
        action?: string;
        subject?: string;
        fromMs?: number;
        toMs?: number;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Success */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/x-ndjson': components['schemas']['AuditEntry'];
        };
      };
    };
  };
  cluster_get: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Success */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            instances: components['schemas']['Instance'][];
            mediaNodes: components['schemas']['MediaNode'][];
          };
        };
      };
    };
  };
  operators_list: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Success */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            operators: components['schemas']['Operator'][];
          };
        };
      };
    };
  };
  operators_create: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': {
          /** Format: email */
          email: string;
          name: string;
          grants: components['schemas']['OperatorGrant'][];
        };
      };
    };
    responses: {
      /** @description Success */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            operator: components['schemas']['Operator'];
            temporaryPassword: string;
          };
        };
      };
    };
  };
  operators_setEnabled: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        operatorId: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': {
          enabled: boolean;
        };
      };
    };
    responses: {
      /** @description Success */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            operator: components['schemas']['Operator'];
          };
        };
      };
    };
  };
  operators_resetFactors: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        operatorId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Success */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            operator: components['schemas']['Operator'];
          };
        };
      };
    };
  };
  operators_setGrants: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        operatorId: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': {
          grants: components['schemas']['OperatorGrant'][];
        };
      };
    };
    responses: {
      /** @description Success */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            operator: components['schemas']['Operator'];
          };
        };
      };
    };
  };
  operators_resetPassword: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        operatorId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Success */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            operator: components['schemas']['Operator'];
            temporaryPassword: string;
          };
        };
      };
    };
  };
  operators_listSessions: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        operatorId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Success */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            sessions: components['schemas']['OperatorSession'][];
          };
        };
      };
    };
  };
  operators_endSessions: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        operatorId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Success */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            ended: number;
          };
        };
      };
    };
  };
  operators_endSession: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        operatorId: string;
        sessionId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Success */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            ended: number;
          };
        };
      };
    };
  };
}

export const routes = {
  apps_create: { method: 'POST', path: '/v1/apps', takesKey: true, takesEtag: false },
  apps_list: { method: 'GET', path: '/v1/apps', takesKey: false, takesEtag: false },
  apps_get: { method: 'GET', path: '/v1/apps/{appId}', takesKey: false, takesEtag: false },
  apps_delete: { method: 'DELETE', path: '/v1/apps/{appId}', takesKey: false, takesEtag: false },
  apiKeys_create: { method: 'POST', path: '/v1/apps/{appId}/api-keys', takesKey: true, takesEtag: false },
  apiKeys_list: { method: 'GET', path: '/v1/apps/{appId}/api-keys', takesKey: false, takesEtag: false },
  apiKeys_revoke: {
    method: 'DELETE',
    path: '/v1/apps/{appId}/api-keys/{keyId}',
    takesKey: false,
    takesEtag: false,
  },
  apiKeys_setExpiry: {
    method: 'PUT',
    path: '/v1/apps/{appId}/api-keys/{keyId}/expiry',
    takesKey: false,
    takesEtag: false,
  },
  secrets_replaceAppSign: {
    method: 'PUT',
    path: '/v1/apps/{appId}/app-sign',
    takesKey: false,
    takesEtag: false,
  },
  audit_listOfApp: { method: 'GET', path: '/v1/apps/{appId}/audit', takesKey: false, takesEtag: false },
  audit_exportOfApp: {
    method: 'GET',
    path: '/v1/apps/{appId}/audit/export',
    takesKey: false,
    takesEtag: false,
  },
  bans_set: { method: 'POST', path: '/v1/apps/{appId}/bans', takesKey: true, takesEtag: false },
  bans_list: { method: 'GET', path: '/v1/apps/{appId}/bans', takesKey: false, takesEtag: false },
  bans_lift: { method: 'DELETE', path: '/v1/apps/{appId}/bans/{banId}', takesKey: false, takesEtag: false },
  apps_setCredentials: {
    method: 'PUT',
    path: '/v1/apps/{appId}/credentials',
    takesKey: false,
    takesEtag: false,
  },
  apps_setEnabled: { method: 'PUT', path: '/v1/apps/{appId}/enabled', takesKey: false, takesEtag: false },
  entitlements_list: {
    method: 'GET',
    path: '/v1/apps/{appId}/entitlements',
    takesKey: false,
    takesEtag: false,
  },
  entitlements_get: {
    method: 'GET',
    path: '/v1/apps/{appId}/entitlements/{name}',
    takesKey: false,
    takesEtag: false,
  },
  entitlements_set: {
    method: 'PUT',
    path: '/v1/apps/{appId}/entitlements/{name}',
    takesKey: false,
    takesEtag: true,
  },
  events_read: { method: 'GET', path: '/v1/apps/{appId}/events', takesKey: false, takesEtag: false },
  loginHook_get: { method: 'GET', path: '/v1/apps/{appId}/login-hook', takesKey: false, takesEtag: false },
  loginHook_set: { method: 'PUT', path: '/v1/apps/{appId}/login-hook', takesKey: false, takesEtag: false },
  loginHook_delete: {
    method: 'DELETE',
    path: '/v1/apps/{appId}/login-hook',
    takesKey: false,
    takesEtag: false,
  },
  entitlements_readQuotas: {
    method: 'GET',
    path: '/v1/apps/{appId}/quotas',
    takesKey: false,
    takesEtag: false,
  },
  recordings_list: { method: 'GET', path: '/v1/apps/{appId}/recordings', takesKey: false, takesEtag: false },
  recordings_listFiles: {
    method: 'GET',
    path: '/v1/apps/{appId}/recordings/files',
    takesKey: false,
    takesEtag: false,
  },
  recordings_end: {
    method: 'DELETE',
    path: '/v1/apps/{appId}/recordings/{recordingId}',
    takesKey: false,
    takesEtag: false,
  },
  revocations_revoke: {
    method: 'POST',
    path: '/v1/apps/{appId}/revocations',
    takesKey: true,
    takesEtag: false,
  },
  rooms_list: { method: 'GET', path: '/v1/apps/{appId}/rooms', takesKey: false, takesEtag: false },
  rooms_get: { method: 'GET', path: '/v1/apps/{appId}/rooms/{roomId}', takesKey: false, takesEtag: false },
  rooms_create: { method: 'PUT', path: '/v1/apps/{appId}/rooms/{roomId}', takesKey: false, takesEtag: true },
  rooms_close: {
    method: 'DELETE',
    path: '/v1/apps/{appId}/rooms/{roomId}',
    takesKey: false,
    takesEtag: false,
  },
  rooms_getAttributes: {
    method: 'GET',
    path: '/v1/apps/{appId}/rooms/{roomId}/attributes',
    takesKey: false,
    takesEtag: false,
  },
  rooms_setAttributes: {
    method: 'PUT',
    path: '/v1/apps/{appId}/rooms/{roomId}/attributes',
    takesKey: false,
    takesEtag: true,
  },
  members_list: {
    method: 'GET',
    path: '/v1/apps/{appId}/rooms/{roomId}/members',
    takesKey: false,
    takesEtag: false,
  },
  members_kick: {
    method: 'DELETE',
    path: '/v1/apps/{appId}/rooms/{roomId}/members/{userId}',
    takesKey: false,
    takesEtag: false,
  },
  mutes_readOfMember: {
    method: 'GET',
    path: '/v1/apps/{appId}/rooms/{roomId}/members/{userId}/mutes',
    takesKey: false,
    takesEtag: false,
  },
  mutes_muteMember: {
    method: 'PUT',
    path: '/v1/apps/{appId}/rooms/{roomId}/members/{userId}/mutes/{kind}',
    takesKey: false,
    takesEtag: false,
  },
  mutes_unmuteMember: {
    method: 'DELETE',
    path: '/v1/apps/{appId}/rooms/{roomId}/members/{userId}/mutes/{kind}',
    takesKey: false,
    takesEtag: false,
  },
  messages_send: {
    method: 'POST',
    path: '/v1/apps/{appId}/rooms/{roomId}/messages',
    takesKey: true,
    takesEtag: false,
  },
  messages_list: {
    method: 'GET',
    path: '/v1/apps/{appId}/rooms/{roomId}/messages',
    takesKey: false,
    takesEtag: false,
  },
  messages_delete: {
    method: 'DELETE',
    path: '/v1/apps/{appId}/rooms/{roomId}/messages/{messageId}',
    takesKey: false,
    takesEtag: false,
  },
  recordings_recordRoom: {
    method: 'POST',
    path: '/v1/apps/{appId}/rooms/{roomId}/recordings',
    takesKey: true,
    takesEtag: false,
  },
  rooms_getSettings: {
    method: 'GET',
    path: '/v1/apps/{appId}/rooms/{roomId}/settings',
    takesKey: false,
    takesEtag: false,
  },
  streams_listOfRoom: {
    method: 'GET',
    path: '/v1/apps/{appId}/rooms/{roomId}/streams',
    takesKey: false,
    takesEtag: false,
  },
  mutes_readOfStream: {
    method: 'GET',
    path: '/v1/apps/{appId}/rooms/{roomId}/streams/{streamId}/mutes',
    takesKey: false,
    takesEtag: false,
  },
  mutes_muteStream: {
    method: 'PUT',
    path: '/v1/apps/{appId}/rooms/{roomId}/streams/{streamId}/mutes/{kind}',
    takesKey: false,
    takesEtag: false,
  },
  mutes_unmuteStream: {
    method: 'DELETE',
    path: '/v1/apps/{appId}/rooms/{roomId}/streams/{streamId}/mutes/{kind}',
    takesKey: false,
    takesEtag: false,
  },
  secrets_list: { method: 'GET', path: '/v1/apps/{appId}/secrets', takesKey: false, takesEtag: false },
  secrets_add: { method: 'POST', path: '/v1/apps/{appId}/secrets', takesKey: true, takesEtag: false },
  secrets_retire: {
    method: 'DELETE',
    path: '/v1/apps/{appId}/secrets/{secretId}',
    takesKey: false,
    takesEtag: false,
  },
  secrets_promote: {
    method: 'PUT',
    path: '/v1/apps/{appId}/secrets/{secretId}/primary',
    takesKey: false,
    takesEtag: false,
  },
  streams_stop: {
    method: 'DELETE',
    path: '/v1/apps/{appId}/streams/{streamId}',
    takesKey: false,
    takesEtag: false,
  },
  recordings_recordStream: {
    method: 'POST',
    path: '/v1/apps/{appId}/streams/{streamId}/recordings',
    takesKey: true,
    takesEtag: false,
  },
  transfers_share: {
    method: 'PUT',
    path: '/v1/apps/{appId}/streams/{streamId}/rooms/{roomId}',
    takesKey: false,
    takesEtag: false,
  },
  transfers_unshare: {
    method: 'DELETE',
    path: '/v1/apps/{appId}/streams/{streamId}/rooms/{roomId}',
    takesKey: false,
    takesEtag: false,
  },
  usage_get: { method: 'GET', path: '/v1/apps/{appId}/usage', takesKey: false, takesEtag: false },
  transfers_copy: {
    method: 'POST',
    path: '/v1/apps/{appId}/users/{userId}/copy',
    takesKey: true,
    takesEtag: false,
  },
  entitlements_listOfUser: {
    method: 'GET',
    path: '/v1/apps/{appId}/users/{userId}/entitlements',
    takesKey: false,
    takesEtag: false,
  },
  entitlements_setOfUser: {
    method: 'PUT',
    path: '/v1/apps/{appId}/users/{userId}/entitlements/{name}',
    takesKey: false,
    takesEtag: true,
  },
  transfers_move: {
    method: 'POST',
    path: '/v1/apps/{appId}/users/{userId}/move',
    takesKey: true,
    takesEtag: false,
  },
  members_listRooms: {
    method: 'GET',
    path: '/v1/apps/{appId}/users/{userId}/rooms',
    takesKey: false,
    takesEtag: false,
  },
  members_kickFromAll: {
    method: 'DELETE',
    path: '/v1/apps/{appId}/users/{userId}/rooms',
    takesKey: false,
    takesEtag: false,
  },
  members_listSessions: {
    method: 'GET',
    path: '/v1/apps/{appId}/users/{userId}/sessions',
    takesKey: false,
    takesEtag: false,
  },
  streams_listOfUser: {
    method: 'GET',
    path: '/v1/apps/{appId}/users/{userId}/streams',
    takesKey: false,
    takesEtag: false,
  },
  webhooks_create: { method: 'POST', path: '/v1/apps/{appId}/webhooks', takesKey: true, takesEtag: false },
  webhooks_list: { method: 'GET', path: '/v1/apps/{appId}/webhooks', takesKey: false, takesEtag: false },
  webhooks_update: {
    method: 'PATCH',
    path: '/v1/apps/{appId}/webhooks/{endpointId}',
    takesKey: false,
    takesEtag: false,
  },
  webhooks_delete: {
    method: 'DELETE',
    path: '/v1/apps/{appId}/webhooks/{endpointId}',
    takesKey: false,
    takesEtag: false,
  },
  webhooks_deliveries: {
    method: 'GET',
    path: '/v1/apps/{appId}/webhooks/{endpointId}/deliveries',
    takesKey: false,
    takesEtag: false,
  },
  webhooks_retry: {
    method: 'POST',
    path: '/v1/apps/{appId}/webhooks/{endpointId}/deliveries/{cursor}/retry',
    takesKey: true,
    takesEtag: false,
  },
  webhooks_replay: {
    method: 'POST',
    path: '/v1/apps/{appId}/webhooks/{endpointId}/replay',
    takesKey: true,
    takesEtag: false,
  },
  webhooks_rotate: {
    method: 'POST',
    path: '/v1/apps/{appId}/webhooks/{endpointId}/secret',
    takesKey: true,
    takesEtag: false,
  },
  webhooks_test: {
    method: 'POST',
    path: '/v1/apps/{appId}/webhooks/{endpointId}/test',
    takesKey: true,
    takesEtag: false,
  },
  audit_list: { method: 'GET', path: '/v1/audit', takesKey: false, takesEtag: false },
  audit_export: { method: 'GET', path: '/v1/audit/export', takesKey: false, takesEtag: false },
  cluster_get: { method: 'GET', path: '/v1/cluster', takesKey: false, takesEtag: false },
  operators_list: { method: 'GET', path: '/v1/operators', takesKey: false, takesEtag: false },
  operators_create: { method: 'POST', path: '/v1/operators', takesKey: true, takesEtag: false },
  operators_setEnabled: {
    method: 'PUT',
    path: '/v1/operators/{operatorId}/enabled',
    takesKey: false,
    takesEtag: false,
  },
  operators_resetFactors: {
    method: 'DELETE',
    path: '/v1/operators/{operatorId}/factors',
    takesKey: false,
    takesEtag: false,
  },
  operators_setGrants: {
    method: 'PUT',
    path: '/v1/operators/{operatorId}/grants',
    takesKey: false,
    takesEtag: false,
  },
  operators_resetPassword: {
    method: 'POST',
    path: '/v1/operators/{operatorId}/password-reset',
    takesKey: true,
    takesEtag: false,
  },
  operators_listSessions: {
    method: 'GET',
    path: '/v1/operators/{operatorId}/sessions',
    takesKey: false,
    takesEtag: false,
  },
  operators_endSessions: {
    method: 'DELETE',
    path: '/v1/operators/{operatorId}/sessions',
    takesKey: false,
    takesEtag: false,
  },
  operators_endSession: {
    method: 'DELETE',
    path: '/v1/operators/{operatorId}/sessions/{sessionId}',
    takesKey: false,
    takesEtag: false,
  },
} as const satisfies Record<
  keyof operations,
  { method: string; path: string; takesKey: boolean; takesEtag: boolean }
>;
