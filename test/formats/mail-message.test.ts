import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderMail } from '../../src/formats/mail-message.ts';

const mailOf = (rest: Partial<Parameters<typeof renderMail>[0]> = {}): string =>
  renderMail({
    from: 'syncguard@nas',
    to: ['admin@example.org'],
    subject: 'nas: dropboxd is paused',
    text: 'It is.',
    date: 'Wed, 25 Nov 2026 18:00:00 +0000',
    messageId: '1@nas',
    event: 'pause',
    ...rest,
  });

/** As a reader has it: fields unfolded, encoded words decoded (RFC 2047, 6.2), the text out of its base64. */
function read(mail: string): {
  readonly fields: readonly string[];
  readonly subject: string;
  readonly text: string;
} {
  const cut = mail.indexOf('\n\n');
  const fields = mail.slice(0, cut).replaceAll('\n ', ' ').split('\n');
  const subject = (fields.find((field) => field.startsWith('Subject: ')) ?? '').slice('Subject: '.length);
  return {
    fields,
    subject: subject
      .replaceAll(/\?= =\?/g, '?==?')
      .replaceAll(/=\?UTF-8\?B\?([A-Za-z0-9+/=]*)\?=/g, (_, word: string) =>
        Buffer.from(word, 'base64').toString(),
      ),
    text: Buffer.from(mail.slice(cut), 'base64').toString(),
  };
}

const NAMES = [
  'From',
  'To',
  'Subject',
  'Date',
  'Message-ID',
  'Auto-Submitted',
  'X-Syncguard-Event',
  'MIME-Version',
  'Content-Type',
  'Content-Transfer-Encoding',
];

describe('a mail', () => {
  it('has plain words where they are plain', () => {
    expect(mailOf()).toContain('\nSubject: nas: dropboxd is paused\n');
    expect(mailOf({ to: ['a@b', 'c@d'] })).toContain('To: a@b,\n c@d\n');
  });

  it('is read as it was written, whatever characters it is of', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 150 }),
        fc.string({ unit: 'grapheme' }),
        (subject, text) => {
          const seen = read(mailOf({ subject, text }));
          expect(seen.subject).toBe([...subject.replaceAll(/\p{Cc}+/gu, ' ')].slice(0, 200).join('').trim());
          expect(seen.text).toBe(`${text.replaceAll(/\r?\n/g, '\r\n')}\r\n`);
        },
      ),
    );
  });

  it('has the same fields whatever its subject says, and no line a server would cut', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (subject) => {
        const mail = mailOf({ subject: `a\r\nBcc: evil@example.org\r\n\r\n${subject}` });
        expect(read(mail).fields.map((field) => field.split(':')[0])).toEqual(NAMES);
        expect(mail).toMatch(/^[\x20-\x7e\n]*$/);
        for (const line of mail.split('\n')) expect(line.length).toBeLessThan(300);
      }),
    );
  });

  it('keeps an encoded word within 75 characters and whole in itself', () => {
    const words = mailOf({ subject: 'é漢🙂'.repeat(40) }).match(/=\?UTF-8\?B\?[^?]*\?=/g) ?? [];
    expect(words.length).toBeGreaterThan(5);
    for (const word of words) {
      expect(word.length).toBeLessThanOrEqual(75);
      expect(Buffer.from(word.slice(10, -2), 'base64').toString()).not.toContain('\ufffd');
    }
  });

  it('encodes a subject that looks encoded', () => {
    expect(read(mailOf({ subject: '=?UTF-8?B?eA==?=' })).subject).toBe('=?UTF-8?B?eA==?=');
    expect(mailOf({ subject: '=?UTF-8?B?eA==?=' })).not.toContain('Subject: =?UTF-8?B?eA==?=\n');
  });
});
