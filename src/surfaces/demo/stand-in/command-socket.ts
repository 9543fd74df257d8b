// The daemon's command socket, as its command line client speaks to it.
//
//   asked     VERB \n  KEY \t VALUE [\t VALUE ...] \n ...  done \n
//   answered  ok \n    KEY \t VALUE [\t VALUE ...] \n ...  done \n
//             notok \n REASON \n                           done \n

import { rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { SOCKETS } from './state-directory.ts';

/** What the socket can ask of the daemon. */
export interface Commanded {
  status(): string;
  ignored(): readonly string[];
  /** Paths that were not ignored before. */
  ignore(paths: readonly string[]): readonly string[];
  end(): void;
}

type Answer = readonly (readonly [key: string, ...values: string[]])[];
type Arguments = ReadonlyMap<string, readonly string[]>;

const VERBS: Readonly<Record<string, (daemon: Commanded, asked: Arguments) => Answer>> = {
  get_dropbox_status: (daemon) => [['status', daemon.status()]],
  get_ignore_set: (daemon) => [['ignore_set', ...daemon.ignored()]],
  ignore_set_add: (daemon, asked) => [['added', ...daemon.ignore(asked.get('paths') ?? [])]],
  tray_action_hard_exit: (daemon) => {
    daemon.end();
    return [];
  },
};

/** Opens both sockets in `state`, replacing stale ones; the second one takes connections and says nothing. */
export function openSockets(state: string, daemon: Commanded): readonly Server[] {
  return SOCKETS.map((name) => {
    const path = join(state, name);
    rmSync(path, { force: true });
    const server = createServer((socket) => {
      socket.on('error', () => {});
      if (name === 'command_socket') converse(socket, daemon);
    });
    // A path longer than 107 bytes, or a directory that is gone: a daemon without sockets still syncs.
    server.on('error', () => {});
    return server.listen(path);
  });
}

function converse(socket: Socket, daemon: Commanded): void {
  let text = '';
  socket.setEncoding('utf8');
  socket.on('data', (part: string) => {
    text += part;
    for (let end = endOfCommand(text); end >= 0; end = endOfCommand(text)) {
      socket.write(answer(text.slice(0, end).split('\n'), daemon));
      text = text.slice(end + DONE.length);
    }
  });
}

const DONE = '\ndone\n';
const endOfCommand = (text: string): number => text.indexOf(DONE);

function answer([verb = '', ...lines]: readonly string[], daemon: Commanded): string {
  const known = Object.hasOwn(VERBS, verb) ? VERBS[verb] : undefined;
  if (known === undefined) return `notok\nunknown command ${verb}${DONE}`;
  const asked = lines.map((line): [string, string[]] => {
    const [key = '', ...values] = line.split('\t');
    return [key, values];
  });
  const rows = known(daemon, new Map(asked)).map((row) => `\n${row.join('\t')}`);
  return `ok${rows.join('')}${DONE}`;
}
