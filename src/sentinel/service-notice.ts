// What a tick tells the service manager: that the guard lives, and which phase its daemon is in. Every datagram lies ready in
// bytes of its own; at a wall a string may not be had, nor a process that would send it.
// Knows: a descriptor, and when the next sign of life is due. May not know: how the descriptor came to be.

import { writeSync } from 'node:fs';
import { PHASES, phaseIndex, ruleIndex } from '../domain/lifecycle.ts';
import type { GuardRecord } from '../formats/guard-record.ts';
import { PHASE_SENTENCES, renderRefusedSentence, renderStatus, WATCHDOG } from '../formats/notify-message.ts';

const WAITING = phaseIndex('waiting');
const REFUSED = ruleIndex('refused');
const ALIVE: Buffer = Buffer.from(WATCHDOG);
/** A manager whose queue is full is asked again so many times before the sign is due. */
const RETRIES = 8;

export interface NoticeRequest {
  /** -1: nobody is told. */
  readonly descriptor: number;
  /** As people call it, without control characters. */
  readonly daemon: string;
  /** Said with each sentence where nothing of it is done. */
  readonly isDryRun: boolean;
}

export class ServiceNotice {
  /** When the next sign of life is due, ms of the tick's clock; Infinity: none is waited for. */
  nextAtMs: number = Number.POSITIVE_INFINITY;
  #everyMs = 0;
  #descriptor: number;
  readonly #sentences: readonly Buffer[];
  readonly #refused: Buffer;
  #said: Buffer | undefined;

  constructor({ descriptor, daemon, isDryRun }: NoticeRequest) {
    this.#descriptor = descriptor;
    const aside = isDryRun ? ' (dry run: nothing is done)' : '';
    const sentence = (text: string): Buffer => Buffer.from(renderStatus(`${text}${aside}`));
    this.#sentences = PHASES.map((phase) => sentence(PHASE_SENTENCES[phase](daemon)));
    this.#refused = sentence(renderRefusedSentence(daemon));
  }

  /** From now on a sign is due every so many ms; the first one at once. */
  keepAlive(everyMs: number, nowMs: number): void {
    this.#everyMs = everyMs;
    this.nextAtMs = nowMs;
  }

  /** On every tick. */
  feed(nowMs: number): void {
    if (nowMs < this.nextAtMs) return;
    const isTaken = this.send(ALIVE);
    this.nextAtMs = nowMs + (isTaken ? this.#everyMs : this.#everyMs / RETRIES);
  }

  /** With every record; said is what differs from the last. */
  tell(record: GuardRecord): void {
    const isRefused = record.phase === WAITING && record.rule === REFUSED;
    const sentence = isRefused ? this.#refused : this.#sentences[record.phase];
    if (sentence === undefined || sentence === this.#said) return;
    if (this.send(sentence)) this.#said = sentence;
  }

  /** One datagram, never waiting; false: nobody took it. */
  send(bytes: Uint8Array): boolean {
    if (this.#descriptor < 0) return false;
    try {
      writeSync(this.#descriptor, bytes, 0, bytes.length);
      return true;
    } catch {
      // EAGAIN: its queue is full; ECONNREFUSED: it is gone; ENOMEM: said again by the next tick.
      return false;
    }
  }

  /** Somebody else speaks to the manager from now on. */
  withdraw(): void {
    this.#descriptor = -1;
    this.nextAtMs = Number.POSITIVE_INFINITY;
  }
}
