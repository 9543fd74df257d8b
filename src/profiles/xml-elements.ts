// As much XML as a configuration file needs: elements, attributes, text, the five entities and numbers.
// No namespaces, no DTD: an entity it does not know stays as it is written.

import { failure, type Malformed, type Result, success } from '../domain/result.ts';

export interface XmlElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  /** All text directly inside, trimmed. */
  readonly text: string;
}

interface OpenElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: XmlElement[];
  text: string;
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const LAST_CODE_POINT = 0x10ffff;

const decode = (text: string): string =>
  text.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|([a-z]{2,4}));/gi, (whole, hex, decimal, name) => {
    if (name !== undefined) return ENTITIES[name] ?? whole;
    const point = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    return point > 0 && point <= LAST_CODE_POINT ? String.fromCodePoint(point) : whole;
  });

const CDATA = '<![CDATA[';

/** What may stand between elements, each with its end. */
const SKIPPED: readonly (readonly [string, string])[] = [
  ['<!--', '-->'],
  ['<?', '?>'],
  ['<!', '>'],
];

const TAG = /^<(\/?)([\w:.-]+)((?:\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>/;
const ATTRIBUTE = /([\w:.-]+)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/g;

function attributesOf(text: string): ReadonlyMap<string, string> {
  const pairs = [...text.matchAll(ATTRIBUTE)];
  return new Map(pairs.map(([, name = '', double, single]) => [name, decode(double ?? single ?? '')]));
}

/** Longest start tag that is looked at; a path is at most 4 096 bytes, here with every sign as an entity. */
const LONGEST_TAG = 65_536;

/** The root element of the text; a text that ends early or is not XML is an error with its line, never a throw. */
export function parseElements(text: string): Result<XmlElement, Malformed> {
  const document: OpenElement = { name: '', attributes: new Map(), children: [], text: '' };
  const stack: OpenElement[] = [document];
  let at = 0;
  while (at < text.length) {
    const next = step(text, at, stack);
    if (typeof next === 'string') return failure({ reason: next, line: lineAt(text, at) });
    at = next;
  }
  const unclosed = stack.length > 1 ? stack.at(-1) : undefined;
  if (unclosed) return failure({ reason: `it ends inside <${unclosed.name}>`, line: lineAt(text, at) });
  const root = document.children[0];
  if (root === undefined || document.children.length > 1)
    return failure({ reason: 'it is not XML', line: 1 });
  return success(root);
}

const lineAt = (text: string, at: number): number => text.slice(0, at).split('\n').length;

/** Where to go on, or what is wrong. */
function step(text: string, at: number, stack: OpenElement[]): number | string {
  const top = stack.at(-1);
  if (top === undefined) return 'an element is closed twice';
  if (text[at] !== '<') return plainText(text, at, top);
  if (text.startsWith(CDATA, at)) return characterData(text, at, top);
  const skipped = SKIPPED.find(([start]) => text.startsWith(start, at));
  return skipped === undefined ? tag(text, at, stack, top) : skip(text, at, skipped);
}

function plainText(text: string, at: number, top: OpenElement): number {
  const next = text.indexOf('<', at);
  const end = next < 0 ? text.length : next;
  top.text += decode(text.slice(at, end));
  return end;
}

function characterData(text: string, at: number, top: OpenElement): number | string {
  const end = text.indexOf(']]>', at);
  if (end < 0) return `it ends inside ${CDATA}`;
  top.text += text.slice(at + CDATA.length, end);
  return end + ']]>'.length;
}

function skip(text: string, at: number, [start, stop]: readonly [string, string]): number | string {
  const end = text.indexOf(stop, at + start.length);
  return end < 0 ? `it ends inside ${start}` : end + stop.length;
}

function tag(text: string, at: number, stack: OpenElement[], top: OpenElement): number | string {
  const match = TAG.exec(text.slice(at, at + LONGEST_TAG));
  if (match === null) return text.indexOf('>', at) < 0 ? 'it ends inside a tag' : 'a tag is not well formed';
  const [whole, closing, name = '', attributes = '', empty] = match;
  if (closing === '/') {
    if (top.name !== name || stack.length === 1) return `</${name}> closes what is not open`;
    stack.pop();
    stack.at(-1)?.children.push({ ...top, text: top.text.trim() });
  } else {
    const element: OpenElement = { name, attributes: attributesOf(attributes), children: [], text: '' };
    if (empty === '/') top.children.push(element);
    else stack.push(element);
  }
  return at + whole.length;
}

/** Direct children of that name. */
export const childrenOf = (element: XmlElement, name: string): readonly XmlElement[] =>
  element.children.filter((child) => child.name === name);
