// The guard's control socket: one line of JSON in, one line out.
// Knows: who may connect (mode 0600, in a directory of mode 0700), and how much nonsense it listens to.
// May not know: what a command does.

import { lstatSync, unlinkSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { failure, type Result, success } from '../domain/result.ts';
import {
  type ControlReply,
  type ControlRequest,
  LONGEST_REQUEST_BYTES,
  parseControlRequest,
  renderControlMessage,
} from '../formats/control-message.ts';
import { lineSplitter } from '../formats/line-splitter.ts';
import { errnoOf } from '../kernel/errno.ts';

export interface ControlSocketRequest {
  readonly path: string;
  answer(request: ControlRequest): Promise<ControlReply>;
}

export interface ControlSocket {
  /** Ends every connection and removes the socket. */
  close(): void;
}

/** One person with one command at a time; the rest is refused before it costs anything. */
const MOST_CONNECTIONS = 16;
/** Whoever says nothing for so long has gone without saying so; a pause is answered after 72 s at the latest, the rest after 2. */
const IDLE_MS = 90_000;
/** sun_path of sockaddr_un holds 108 bytes with the last one 0 (unix(7)). */
const LONGEST_PATH_BYTES = 107;

/** Takes the place of a socket that an earlier companion of the same guard left; anything else in its place is an error. */
export async function openControlSocket({
  path,
  answer,
}: ControlSocketRequest): Promise<Result<ControlSocket, string>> {
  if (Buffer.byteLength(path) > LONGEST_PATH_BYTES)
    return failure(`${path} is longer than the ${LONGEST_PATH_BYTES} bytes a socket's path may have`);
  const stale = removeStale(path);
  if (stale !== null) return failure(stale);
  const connections = new Set<Socket>();
  const server = createServer((socket) => {
    connections.add(socket);
    socket.once('close', () => connections.delete(socket));
    converse(socket, answer);
  });
  server.maxConnections = MOST_CONNECTIONS;
  const listening = await listen(server, path);
  if (!listening.ok) return listening;
  return success({
    close() {
      for (const socket of connections) socket.destroy();
      server.close();
    },
  });
}

function removeStale(path: string): string | null {
  try {
    if (!lstatSync(path).isSocket()) return `${path} is there and is no socket`;
    unlinkSync(path);
    return null;
  } catch (error) {
    const code = errnoOf(error);
    return code === 'ENOENT' ? null : `${path} could not be replaced (${code})`;
  }
}

/** bind(2) happens within listen(), so the narrower umask holds for the socket alone. */
function listen(server: Server, path: string): Promise<Result<null, string>> {
  return new Promise((resolve) => {
    server.once('error', (error) => resolve(failure(`${path} could not be made (${errnoOf(error)})`)));
    server.once('listening', () => resolve(success(null)));
    const before = process.umask(0o177);
    server.listen(path);
    process.umask(before);
  });
}

function converse(socket: Socket, answer: ControlSocketRequest['answer']): void {
  const split = lineSplitter(LONGEST_REQUEST_BYTES);
  // Answers leave in the order of the questions.
  let last: Promise<void> = Promise.resolve();
  socket.setEncoding('utf8');
  socket.setTimeout(IDLE_MS, () => socket.destroy());
  socket.on('error', () => socket.destroy());
  socket.on('data', (piece: string) => {
    const lines = split(piece);
    if (lines === null) {
      socket.end(renderControlMessage(misunderstood(`a line is longer than ${LONGEST_REQUEST_BYTES} bytes`)));
      return;
    }
    for (const line of lines) {
      last = last.then(async () => {
        const reply = await replyTo(line, answer);
        if (socket.writable) socket.write(renderControlMessage(reply));
      });
    }
  });
}

async function replyTo(line: string, answer: ControlSocketRequest['answer']): Promise<ControlReply> {
  const request = parseControlRequest(line);
  if (!request.ok) return misunderstood(request.error);
  try {
    return await answer(request.value);
  } catch (error) {
    return { ok: false, code: 'internal', message: `It failed: ${String(error)}.`, hint: 'syncguard status' };
  }
}

const misunderstood = (reason: string): ControlReply => ({
  ok: false,
  code: 'usage',
  message: `Not understood: ${reason}.`,
  hint: 'syncguard --help lists the commands',
});
