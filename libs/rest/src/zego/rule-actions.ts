import { AddressRange } from '@polyroom/addresses';
import { type Bus } from '@polyroom/bus';
import { AppError, type BanView, roomAdminRpc } from '@polyroom/contracts';
import { z } from 'zod';
import { defineAction, type ZegoAct, type ZegoAction } from './zego-action.js';
import { zegoCodes, ZegoFailure } from './zego-codes.js';
import { integer, integers, limitList, roomId, text, userId } from './zego-params.js';

const longestSeconds = 86_400;
const listedAtOnce = 1000;
const loginPrivilege = 1;
const publishPrivilege = 2;

const targetParams = {
  RuleType: integer.min(1).max(4),
  IP: text.optional(),
  RoomId: roomId.optional(),
  UserId: userId.optional(),
};
interface Target {
  RuleType: number;
  IP?: string | undefined;
  RoomId?: string | undefined;
  UserId?: string | undefined;
}
interface BanOf {
  address?: string;
  roomId?: string;
  userId?: string;
}

/** What a rule of each type names. */
function toBan({ IP, RoomId, RuleType, UserId }: Target): BanOf {
  const need = (value: string | undefined, name: string): string => {
    if (value === undefined || value === '') {
      throw new ZegoFailure(zegoCodes.illegalParameter, `${name} is missing for RuleType ${RuleType}`);
    }
    return value;
  };
  switch (RuleType) {
    case 1:
      return { address: toAddress(need(IP, 'IP')) };
    case 2:
      return { roomId: need(RoomId, 'RoomId') };
    case 3:
      return { userId: need(UserId, 'UserId') };
    default:
      return { roomId: need(RoomId, 'RoomId'), userId: need(UserId, 'UserId') };
  }
}

/** In the canonical form that bans have. */
function toAddress(text: string): string {
  const range = AddressRange.parse(text);
  if (range === undefined) {
    throw new ZegoFailure(zegoCodes.illegalParameter, 'IP is neither an address nor a network');
  }
  return range.toString();
}

function toBanId(target: roomAdminRpc.BanTarget): string {
  return Buffer.from(roomAdminRpc.toBanText(target)).toString('base64url');
}

/** False if there is no such ban. */
async function lift(bus: Bus, ban: { appId: number; banId: string }, statement: string): Promise<boolean> {
  try {
    await bus.request(roomAdminRpc.liftBan, ban, { statement });
    return true;
  } catch (error) {
    if (AppError.is(error) && error.errorName === 'BAN_NOT_FOUND') {
      return false;
    }
    throw error;
  }
}

function typeOf({ address, roomId: room, userId: user }: BanView): number {
  if (address !== undefined) {
    return 1;
  }
  if (user === undefined) {
    return 2;
  }
  return room === undefined ? 3 : 4;
}

/** 1 is the login, 2 publishing. Without the login, nothing is published either. */
function toPrivileges(disabled: readonly number[], ban: BanOf): ('login' | 'publish')[] {
  limitList(disabled, 'DisabledPrivilege', 2, zegoCodes.illegalParameter);
  if (disabled.some((privilege) => privilege !== loginPrivilege && privilege !== publishPrivilege)) {
    throw new ZegoFailure(zegoCodes.illegalParameter, 'DisabledPrivilege is neither 1 nor 2');
  }
  const login = disabled.includes(loginPrivilege) ? (['login'] as const) : [];
  if (!disabled.includes(publishPrivilege)) {
    return [...login];
  }
  if (ban.userId !== undefined) {
    return [...login, 'publish'];
  }
  if (login.length === 0) {
    throw new ZegoFailure(
      zegoCodes.illegalParameter,
      'DisabledPrivilege: a rule that names no user disables the login',
    );
  }
  return [...login];
}

function actOf(
  { address, roomId: room, userId: user }: BanOf,
  privilege: 'login' | 'publish',
  banned: boolean,
): ZegoAct {
  const subject =
    address !== undefined ? `address:${address}` : user === undefined ? `room:${room}` : `user:${user}`;
  return { action: 'ban.set', subject, after: { roomId: room, privilege, banned } };
}

/** Bans, as rules. */
export const ruleActions: Record<string, ZegoAction> = {
  SetForbidUserRule: defineAction({
    permissions: ['users:ban'],
    perSecond: 10,
    params: z.object({
      ...targetParams,
      DisabledPrivilege: integers,
      EffectiveTime: integer.min(1).max(longestSeconds),
    }),
    async run({ appId, bus, statementFor, step }, { DisabledPrivilege, EffectiveTime, ...target }) {
      const ban = toBan(target);
      const privileges = toPrivileges(DisabledPrivilege, ban);
      const statement = statementFor('users:ban');
      let untilMs = Date.now() + EffectiveTime * 1000;
      for (const privilege of privileges) {
        const request = { appId, ...ban, privilege, forMs: EffectiveTime * 1000 };
        const reply = await step(actOf(ban, privilege, true), () =>
          bus.request(roomAdminRpc.setBan, request, { statement }),
        );
        untilMs = reply.ban?.untilMs ?? untilMs;
      }
      return { ExpireTime: Math.floor(untilMs / 1000) };
    },
  }),

  DescribeForbidUserRules: defineAction({
    permissions: ['users:ban'],
    perSecond: 10,
    params: z.object({ RuleType: targetParams.RuleType }),
    async run({ appId, bus, statementFor }, { RuleType }) {
      const rules = new Map<string, { ban: BanView; privileges: number[]; untilMs: number }>();
      let cursor: string | undefined;
      do {
        const request = { appId, limit: listedAtOnce, ...(cursor === undefined ? {} : { cursor }) };
        const page = await bus.request(roomAdminRpc.listBans, request, {
          statement: statementFor('users:ban'),
        });
        for (const ban of page.bans.filter((one) => typeOf(one) === RuleType && one.privilege !== 'play')) {
          const key = JSON.stringify([ban.address, ban.roomId, ban.userId]);
          const rule = rules.get(key) ?? { ban, privileges: [], untilMs: 0 };
          const privilege = ban.privilege === 'login' ? loginPrivilege : publishPrivilege;
          rule.privileges = [...new Set([...rule.privileges, privilege])].sort((a, b) => a - b);
          rule.untilMs = Math.max(rule.untilMs, ban.untilMs);
          rules.set(key, rule);
        }
        cursor = page.next;
      } while (cursor !== undefined);
      return {
        RuleList: [...rules.values()].map(({ ban, privileges, untilMs }) => ({
          RuleType,
          IP: ban.address ?? '',
          RoomId: ban.roomId ?? '',
          UserId: ban.userId ?? '',
          DisabledPrivilegeList: privileges,
          ExpireTime: Math.floor(untilMs / 1000),
        })),
      };
    },
  }),

  DelForbidUserRule: defineAction({
    permissions: ['users:ban'],
    perSecond: 10,
    params: z.object(targetParams),
    async run({ appId, bus, statementFor, step }, target) {
      const ban = toBan(target);
      const statement = statementFor('users:ban');
      const privileges: readonly ('login' | 'publish')[] =
        ban.userId === undefined ? ['login'] : ['login', 'publish'];
      const lifted = await Promise.all(
        privileges.map((privilege) =>
          step(
            actOf(ban, privilege, false),
            () => lift(bus, { appId, banId: toBanId({ ...ban, privilege }) }, statement),
            (wasThere) => wasThere,
          ),
        ),
      );
      if (!lifted.includes(true)) {
        throw new ZegoFailure(zegoCodes.noRule, 'there is no such rule');
      }
      return undefined;
    },
  }),
};
