// A real lsyncd under the guard, where it fits and where it does not.
import { describeCopying } from '../support/guarded-daemon-laws.ts';

describeCopying('lsyncd');
