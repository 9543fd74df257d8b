// A real rclone under the guard: a container in which it fits, and one in which it does not.
import { describeCopying } from '../support/guarded-daemon-laws.ts';

describeCopying({ daemon: 'rclone', ampleMib: 128, scarceMib: 36 });
