// A plain message of RFC 5322 as sendmail -t takes it: header fields, an empty line, a text in base64.
// Knows: what may stand in a header, and how anything else is written there. May not know: who sends it, or when.

export interface MailMessage {
  /** Addresses of plain ASCII, as settings have checked them. */
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  /** Ends without a line end. */
  readonly text: string;
  /** As RFC 5322 has it, `Wed, 25 Nov 2026 18:00:00 +0000`. */
  readonly date: string;
  /** Without its angle brackets. */
  readonly messageId: string;
  /** The word of the event, for a reader's rules. */
  readonly event: string;
}

/** RFC 2045, 6.8: encoded lines have 76 characters at most. */
const BODY_LINE = 76;
/** RFC 2047, 2: an encoded word has 75 at most, 12 of them its frame: 60 of base64 are 45 bytes. */
const WORD_BYTES = 45;
/** More of a title is read by nobody, and a header line ends at 998 (RFC 5322, 2.1.1). */
const LONGEST_SUBJECT = 200;

/** Line ends as this system has them: sendmail makes those of the wire. */
export function renderMail({ from, to, subject, text, date, messageId, event }: MailMessage): string {
  const head = [
    `From: syncguard <${from}>`,
    `To: ${to.join(',\n ')}`,
    `Subject: ${renderSubject(subject)}`,
    `Date: ${date}`,
    `Message-ID: <${messageId}>`,
    // RFC 3834: nobody's vacation answers it.
    'Auto-Submitted: auto-generated',
    `X-Syncguard-Event: ${event}`,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: base64',
  ];
  const body = base64Of(new TextEncoder().encode(`${text.replaceAll(/\r?\n/g, '\r\n')}\r\n`));
  return `${head.join('\n')}\n\n${chunks(body, BODY_LINE).join('\n')}\n`;
}

/** No text ends its field: control characters are blanks, and what is not plain ASCII is encoded. */
function renderSubject(subject: string): string {
  const line = [...subject.replaceAll(/\p{Cc}+/gu, ' ')].slice(0, LONGEST_SUBJECT).join('').trim();
  return /^[\x20-\x7e]*$/.test(line) && !line.includes('=?') ? line : encodedWords(line).join('\n ');
}

/** Each whole in itself, cut between characters (RFC 2047, 5). */
function encodedWords(line: string): string[] {
  const words: Uint8Array[] = [];
  let word = new Uint8Array(0);
  for (const character of line) {
    const bytes = new TextEncoder().encode(character);
    if (word.length + bytes.length > WORD_BYTES) {
      words.push(word);
      word = new Uint8Array(0);
    }
    word = Uint8Array.of(...word, ...bytes);
  }
  return [...words, word].map((each) => `=?UTF-8?B?${base64Of(each)}?=`);
}

const base64Of = (bytes: Uint8Array): string =>
  btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));

const chunks = (text: string, length: number): string[] =>
  Array.from({ length: Math.ceil(text.length / length) }, (_, index) =>
    text.slice(index * length, (index + 1) * length),
  );
