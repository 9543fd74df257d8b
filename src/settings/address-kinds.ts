// Settings that say where to and as whom: addresses of the web and of mail, files, and secrets, which are never shown.

import { failure, type Result, success } from '../domain/result.ts';
import { type Kind, TEXTS, unlike } from './kinds.ts';

const HIDDEN = '(hidden)';

/** Wrong ones are described, not quoted: what is mistyped may still be most of a secret. */
function parseAddress(value: unknown): Result<string, string> {
  const expected = 'an address as in https://host/path expected';
  if (typeof value !== 'string') return unlike(value, expected.replace(/ expected$/, ''));
  if (/\s|\p{Cc}/u.test(value)) return failure(`a blank or control character in it, ${expected}`);
  const url = URL.canParse(value) ? new URL(value) : null;
  return url?.protocol === 'https:' || url?.protocol === 'http:'
    ? success(value)
    : failure(`it is no address of the web, ${expected}`);
}

const ADDRESS_SCHEMA = {
  type: 'string',
  pattern: '^https?://\\S+$',
  examples: ['https://status.example.org'],
};

/** Only who is asked, `https://host/...`; what follows may be all the secret there is. */
export function renderPlaceOf(address: string): string {
  const { protocol, host, pathname, search } = new URL(address);
  return `${protocol}//${host}${pathname === '/' && search === '' ? '' : '/...'}`;
}

const hasCredentials = (address: string): boolean => {
  const { username, password } = new URL(address);
  return username !== '' || password !== '';
};

/** Of the web. */
export const ADDRESS: Kind<string> = {
  form: 'text',
  parse: parseAddress,
  write: (value) => value,
  show: (value) => (hasCredentials(value) ? `${HIDDEN} ${renderPlaceOf(value)}` : null),
  schema: ADDRESS_SCHEMA,
};

/** One whose path is the secret itself: a topic of ntfy, a check of a dead man's switch, a hook of a chat. */
export const SECRET_ADDRESS: Kind<string> = {
  ...ADDRESS,
  show: (value) => `${HIDDEN} ${renderPlaceOf(value)}`,
};

/** What an HTTP header takes: visible ASCII. */
export const SECRET: Kind<string> = {
  form: 'text',
  parse: (value) =>
    typeof value === 'string' && /^[\x21-\x7e]+$/.test(value)
      ? success(value)
      : failure('a text of visible ASCII characters expected'),
  write: (value) => value,
  show: () => HIDDEN,
  schema: { type: 'string', pattern: '^[!-~]+$' },
};

export const FILE_PATH: Kind<string> = {
  form: 'text',
  parse: (value) =>
    typeof value === 'string' && value.startsWith('/') && !value.includes('\0')
      ? success(value)
      : unlike(value, 'the whole path of a file'),
  write: (value) => value,
  schema: { type: 'string', pattern: '^/' },
};

/** Of RFC 5321 what people have: no quotes, no comments, no list, and nothing that could end a header. */
const MAIL_PATTERN = "^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$";
const MAIL = new RegExp(MAIL_PATTERN);

export const MAIL_ADDRESS: Kind<string> = {
  form: 'text',
  parse: (value) =>
    typeof value === 'string' && MAIL.test(value) && !value.startsWith('-')
      ? success(value)
      : unlike(value, 'an address as in admin@example.org'),
  write: (value) => value,
  schema: { type: 'string', pattern: MAIL_PATTERN, examples: ['admin@example.org'] },
};

export const MAIL_ADDRESSES: Kind<readonly string[]> = {
  ...TEXTS,
  parse(value) {
    const texts = TEXTS.parse(value);
    if (!texts.ok) return texts;
    const wrong = texts.value.map(MAIL_ADDRESS.parse).find(({ ok }) => !ok);
    return wrong?.ok === false ? wrong : texts;
  },
  schema: { type: 'array', items: MAIL_ADDRESS.schema },
};
