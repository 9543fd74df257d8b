// `syncguard replay FILE`: a recorded course of walls through the policy of today.

import { type Replay, replayTrace } from '../../domain/guard-replay.ts';
import { type CommonOptions, parsePlatform, settingsOf } from './common-options.ts';
import { EXIT } from './exit-code.ts';
import { renderJson } from './json-text.ts';
import { readRecording } from './replay-file.ts';
import { REPLAY_LABEL, type ReplayHead, renderOutcome, renderReplay } from './replay-text.ts';
import { paintFor, type Terminal } from './terminal.ts';

export async function runReplay(file: string, options: CommonOptions, terminal: Terminal): Promise<number> {
  const { throttleAt, pauseAt, stopAt } = settingsOf(options, terminal);
  const policy = { throttleAt, pauseAt, stopAt };
  const { trace, platform, platformEvidence } = readRecording(file, parsePlatform(options.platform));
  const replay = replayTrace({ trace, policy, platform });
  const head = { file, moments: trace.moments.length, platform, platformEvidence };
  if (options.json === true) terminal.print(renderJson({ ...jsonOf(replay, head), policy }));
  else if (options.quiet !== true)
    terminal.print(
      renderReplay(replay, head, { paint: paintFor(terminal, options.color), columns: terminal.columns }),
    );
  return EXIT.ok;
}

const jsonOf = (replay: Replay, head: ReplayHead) => ({
  schema: 'syncguard/replay/1',
  label: REPLAY_LABEL,
  ...head,
  ...replay,
  leadMs: replay.brake === null || replay.refusal === null ? null : replay.refusal.atMs - replay.brake.atMs,
  sentence: renderOutcome(replay),
});
