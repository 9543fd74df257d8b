// A service manager's end of the notify socket: what was said, in order, and which process the kernel says it came from.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from './scripted-daemon.ts';

export interface Said {
  readonly pid: number;
  readonly lines: readonly string[];
}

export interface NotifyReceiver {
  /** For NOTIFY_SOCKET. */
  readonly address: string;
  readonly said: readonly Said[];
  /** Every line so far, oldest first. */
  lines(): string[];
  /** Resolves once such a line has been received. */
  hears(text: string): Promise<void>;
  close(): Promise<void>;
}

/** SO_PASSCRED: the kernel names the sender, as systemd asks it to. */
const PROGRAM = `
import json, socket, struct, sys
name = sys.argv[1]
receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
receiver.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
receiver.bind('\\0' + name[1:] if name.startswith('@') else name)
print('bound', flush=True)
while True:
    data, aside, flags, sender = receiver.recvmsg(65536, socket.CMSG_SPACE(struct.calcsize('3i')))
    pid = next((struct.unpack('3i', a)[0] for _, kind, a in aside if kind == socket.SCM_CREDENTIALS), 0)
    print(json.dumps({'pid': pid, 'lines': data.decode().split('\\n')}), flush=True)
`;

/** On a path, or in the abstract namespace. */
export async function receiveNotices(kind: 'path' | 'abstract' = 'path'): Promise<NotifyReceiver> {
  const directory = mkdtempSync(join(tmpdir(), 'syncguard-notify-'));
  const address = kind === 'path' ? join(directory, 'notify') : `@${directory}`;
  const child = spawn('python3', ['-c', PROGRAM, address], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const said: Said[] = [];
  let rest = '';
  let isBound = false;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (isBound) said.push(JSON.parse(line) as Said);
      isBound = true;
    }
  });
  await until(() => isBound);
  const lines = (): string[] => said.flatMap((one) => one.lines);
  return {
    address,
    said,
    lines,
    hears: (text) => until(() => lines().includes(text)),
    async close() {
      child.kill('SIGKILL');
      await ended;
      rmSync(directory, { recursive: true });
    },
  };
}
