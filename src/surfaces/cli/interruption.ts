// Signals that end a command in order, where it has started something.

/** What is ended and removed before we go, and the exit status that then belongs to it. */
const INTERRUPTING = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

export interface Interruption {
  readonly signal: AbortSignal;
  readonly status: number | null;
  end(): void;
}

export function interruptions(): Interruption {
  const controller = new AbortController();
  const heard: { status: number | null } = { status: null };
  const handlers = Object.entries(INTERRUPTING).map(([name, status]) => {
    const handle = (): void => {
      heard.status ??= status;
      controller.abort();
    };
    process.on(name, handle);
    return [name, handle] as const;
  });
  return {
    signal: controller.signal,
    get status() {
      return heard.status;
    },
    end: () => {
      for (const [name, handle] of handlers) process.off(name, handle);
    },
  };
}
