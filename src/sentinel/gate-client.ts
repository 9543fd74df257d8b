// The gate is asked in actuators/gate-client.ts, since the companion asks it too.
export { askGate, type GateCall, type GateRun } from '../actuators/gate-client.ts';
