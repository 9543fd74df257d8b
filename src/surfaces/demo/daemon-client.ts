// Asks a running daemon over its command socket, as `dropbox status` does.

import { connect } from 'node:net';
import { join } from 'node:path';

/** Longer than any answer of a daemon that runs; one that is frozen accepts and says nothing. */
const ANSWER_TIMEOUT_MS = 1000;

/** What it says of itself; null: it does not answer. */
export function readDaemonStatus(state: string): Promise<string | null> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(join(state, 'command_socket'), () => socket.write('get_dropbox_status\ndone\n'));
    socket.setEncoding('utf8').setTimeout(ANSWER_TIMEOUT_MS);
    socket.on('data', (part: string) => {
      text += part;
      if (text.endsWith('\ndone\n')) socket.destroy();
    });
    socket.on('timeout', () => socket.destroy());
    socket.on('error', () => {});
    socket.on('close', () => resolve(/^status\t(.*)$/m.exec(text)?.[1] ?? null));
  });
}
