import { type Random } from '../invariants/random.js';
import { type BaseToken } from './token-world.js';

/** Alters the text of a token of any kind. */
export type TextMutation = (token: string, random: Random, other: BaseToken) => string;

const base64Characters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/=.';
const whiteSpace = [' ', '\t', '\n', '\r\n', '\u00a0', '\ufeff', '\u200b', '\0'];
const lookalikes: Record<string, string> = {
  a: 'а',
  e: 'е',
  o: 'о',
  A: 'Α',
  B: 'Β',
  '0': '０',
  '.': '．',
  '=': '＝',
};

function insert(token: string, index: number, text: string): string {
  return token.slice(0, index) + text + token.slice(index);
}

function replace(token: string, index: number, text: string): string {
  return token.slice(0, index) + text + token.slice(index + 1);
}

export const textMutations: Record<string, TextMutation> = {
  'bit flipped': (token, random) => {
    const index = random.below(token.length);
    return replace(token, index, String.fromCharCode(token.charCodeAt(index) ^ (1 << random.below(7))));
  },
  'character replaced': (token, random) =>
    replace(token, random.below(token.length), random.pick([...base64Characters])),
  'character deleted': (token, random) => replace(token, random.below(token.length), ''),
  'character inserted': (token, random) =>
    insert(token, random.below(token.length + 1), random.pick([...base64Characters])),
  'neighbours exchanged': (token, random) => {
    const index = random.below(token.length - 1);
    return token.slice(0, index) + token[index + 1] + token[index] + token.slice(index + 2);
  },
  'case changed': (token, random) => {
    const index = random.below(token.length);
    const character = token[index]!;
    const upper = character.toUpperCase();
    return replace(token, index, character === upper ? character.toLowerCase() : upper);
  },
  'end cut off': (token, random) => token.slice(0, 1 + random.below(token.length - 1)),
  'beginning cut off': (token, random) => token.slice(1 + random.below(token.length - 1)),
  'chunk repeated': (token, random) => {
    const from = random.below(token.length);
    const chunk = token.slice(from, from + 1 + random.below(64));
    return insert(token, from, chunk);
  },
  'two tokens spliced': (token, random, other) => {
    const index = 1 + random.below(Math.min(token.length, other.token.length) - 1);
    return token.slice(0, index) + other.token.slice(index);
  },
  'token twice': (token, random) => token + random.pick(['', '.', ' ', ',']) + token,
  'white space added': (token, random) =>
    insert(token, random.pick([0, token.length, random.below(token.length)]), random.pick(whiteSpace)),
  'padding added': (token, random) => {
    const end = random.pick([token.length, token.indexOf('.'), token.lastIndexOf('.')]);
    return insert(token, end < 0 ? token.length : end, random.pick(['=', '==', '===', '%3D']));
  },
  'padding removed': (token) => token.replace(/=+$/, ''),
  'lookalike character': (token) =>
    token.replace(/[aeoAB0.=]/g, (character) => lookalikes[character] ?? character),
  'percent encoding': (token, random) => {
    const index = random.below(token.length);
    return replace(token, index, `%${token.charCodeAt(index).toString(16).padStart(2, '0')}`);
  },
  'other alphabet': (token) =>
    token.replace(/[-_+/]/g, (each) => ({ '-': '+', _: '/', '+': '-', '/': '_' })[each]!),
  'encoded again': (token) => Buffer.from(token).toString('base64url'),
  'scheme or quotation around it': (token, random) =>
    random.pick([`Bearer ${token}`, `"${token}"`, `token=${token}`, `04${token}`, `${token}#`, `${token}?`]),
  'last character with other unused bits': (token, random) => {
    const index = token.replace(/=+$/, '').length - 1;
    const value = base64Characters.indexOf(token[index]!.replace('+', '-').replace('/', '_'));
    const next = base64Characters[(value & ~3) | random.below(4)]!;
    return replace(token, index, token.startsWith('04') ? next.replace('-', '+').replace('_', '/') : next);
  },
};
