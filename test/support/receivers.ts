// Receivers on the loopback, as real as they come: an HTTP server that answers by a script, and a mail server.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import {
  type AddressInfo,
  createServer as createTcpServer,
  type Socket,
  type Server as TcpServer,
} from 'node:net';

export interface Heard {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** What one request is answered with; `hang` not at all, `drip` with a body that does not end. */
export type Reply =
  | 'hang'
  | 'drip'
  | 'reset'
  | 'garbage'
  | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string };

export interface Receiver {
  readonly url: string;
  /** In the order they came. */
  readonly heard: readonly Heard[];
  close(): Promise<void>;
}

/** `answer` is asked for every request; `count` is how many came before it. */
export async function receiver(answer: (heard: Heard, count: number) => Reply): Promise<Receiver> {
  const heard: Heard[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => {
      body += part;
    });
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const one = { method, path: url, headers, body };
      heard.push(one);
      reply(answer(one, heard.length - 1), response);
    });
  });
  await listening(server);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    heard,
    close() {
      server.closeAllConnections();
      return closed(server);
    },
  };
}

function reply(answer: Reply, response: ServerResponse): void {
  if (answer === 'hang') return;
  if (answer === 'drip') response.writeHead(200).write('x');
  else if (answer === 'reset') response.socket?.resetAndDestroy();
  else if (answer === 'garbage') response.socket?.end('\0\x01no http at all\r\n\r\n');
  else response.writeHead(answer.status, answer.headers).end(answer.body ?? '');
}

const listening = (server: Server | TcpServer): Promise<void> =>
  new Promise((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });

const closed = (server: Server | TcpServer): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
  });

export interface Mail {
  readonly from: string;
  readonly to: readonly string[];
  readonly lines: readonly string[];
}

export interface MailServer {
  readonly port: number;
  readonly mails: readonly Mail[];
  close(): Promise<void>;
}

/** As much of RFC 5321 as a relay speaks to it. */
export async function mailServer(): Promise<MailServer> {
  const mails: Mail[] = [];
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    converse(socket, (mail) => mails.push(mail));
  });
  await listening(server);
  return {
    port: (server.address() as AddressInfo).port,
    mails,
    close() {
      for (const socket of sockets) socket.destroy();
      return closed(server);
    },
  };
}

function converse(socket: Socket, keep: (mail: Mail) => void): void {
  let [rest, from, isData] = ['', '', false];
  let to: string[] = [];
  let lines: string[] = [];
  const say = (line: string): void => void socket.write(`${line}\r\n`);
  const hear = (line: string): void => {
    if (isData && line === '.') {
      keep({ from, to, lines });
      [isData, to, lines] = [false, [], []];
      say('250 kept');
    } else if (isData) lines.push(line.replace(/^\.\./, '.'));
    else if (/^EHLO/i.test(line)) say('250 here');
    else if (/^DATA/i.test(line)) {
      isData = true;
      say('354 go on');
    } else if (/^QUIT/i.test(line)) socket.end('221 bye\r\n');
    else {
      from = /^MAIL FROM:<(.*?)>/i.exec(line)?.[1] ?? from;
      to = [...to, ...(/^RCPT TO:<(.*?)>/i.exec(line)?.slice(1) ?? [])];
      say('250 ok');
    }
  };
  socket.setEncoding('latin1');
  socket.on('error', () => {});
  socket.on('data', (part: string) => {
    const parts = (rest + part).split('\r\n');
    rest = parts.pop() ?? '';
    for (const line of parts) hear(line);
  });
  say('220 loopback');
}
