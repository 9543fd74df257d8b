// The other end of a guard's control socket.

import { connect } from 'node:net';
import { join } from 'node:path';
import { failure, type Result } from '../../domain/result.ts';
import {
  type ControlReply,
  type ControlRequest,
  parseControlReply,
  renderControlMessage,
} from '../../formats/control-message.ts';
import { errnoOf } from '../../kernel/errno.ts';

/** The companion answers within 2 s; one that was stopped, or swapped out, has this long. */
const ANSWER_WITHIN_MS = 10_000;
/** A daemon that can pause itself is asked to first, and has a minute and 10 s to give its watches back. */
const PAUSED_WITHIN_MS = 80_000;

/** One request, one reply; an error clause where nobody answers: a guard without a companion is no rare thing. */
export function askGuard(directory: string, request: ControlRequest): Promise<Result<ControlReply, string>> {
  return new Promise((resolve) => {
    let heard = '';
    const socket = connect(join(directory, 'control'));
    const settle = (reply: Result<ControlReply, string>): void => {
      socket.destroy();
      resolve(reply);
    };
    socket.setEncoding('utf8');
    const withinMs = request.command === 'pause' ? PAUSED_WITHIN_MS : ANSWER_WITHIN_MS;
    socket.setTimeout(withinMs, () => settle(failure('it did not answer')));
    socket.on('connect', () => socket.write(renderControlMessage(request)));
    socket.on('error', (error) => settle(failure(errnoOf(error))));
    socket.on('close', () => settle(failure('it hung up')));
    socket.on('data', (piece: string) => {
      heard += piece;
      const end = heard.indexOf('\n');
      if (end >= 0) settle(parseControlReply(heard.slice(0, end)));
    });
  });
}
