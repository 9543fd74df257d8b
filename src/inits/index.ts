// Services: what to run, under which init, as files and commands.
// Knows: how each init is written to, and how each is kept from starting again what was refused. May not know: this machine,
// whether a file is there, how one is written.

import { renderContainer } from './container.ts';
import { renderOpenrc } from './openrc.ts';
import type { InitName, Installation, ServicePlan } from './plan.ts';
import { renderRunit } from './runit.ts';
import { renderS6 } from './s6.ts';
import { renderSupervisord } from './supervisord.ts';
import { renderSystemd } from './systemd-unit.ts';

export const RENDERERS: Readonly<Record<InitName, (plan: ServicePlan) => Installation>> = {
  systemd: renderSystemd,
  openrc: renderOpenrc,
  runit: renderRunit,
  s6: renderS6,
  supervisord: renderSupervisord,
  container: renderContainer,
};

export {
  BEARS_ALL,
  type Bearing,
  INIT_NAMES,
  type InitName,
  type Installation,
  isInitName,
  runtimeOf,
  type ServicePlan,
  stateOf,
} from './plan.ts';
export { removalOf } from './removal.ts';
export { DROP_IN, renderSystemdWrap } from './systemd-wrap.ts';
export { isNotifying } from './wrap-adaptations.ts';
export { parseWrappedUnit, type WrappedUnit } from './wrapped-unit.ts';
