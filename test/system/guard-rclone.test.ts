// A real rclone under the guard, where it fits and where it does not.
import { describeCopying } from '../support/guarded-daemon-laws.ts';

describeCopying('rclone');
