/** Byte logs whose capabilities are not what they should be. */
import type { LogCapabilities } from '../../log/log.ts';
import { declare } from './media.ts';

export interface CapabilityMutant {
  /** What the log declares. */
  readonly capabilities: LogCapabilities;
  /** What the harness says, if not the same. */
  readonly promised?: LogCapabilities;
  readonly killedBy: readonly string[];
}

export const capabilityMutants: Record<string, CapabilityMutant> = {
  'are not frozen': {
    capabilities: { ...declare() },
    killedBy: ['capabilities: they are frozen'],
  },
  'have a list that is not frozen': {
    capabilities: declare({ durability: ['strict', 'relaxed'] }),
    killedBy: ['capabilities: they are frozen'],
  },
  'are not those of the harness': {
    capabilities: declare({ durability: Object.freeze(['relaxed'] as const) }),
    promised: declare(),
    killedBy: ['capabilities: every handle declares what the harness says'],
  },
  'have no name': {
    capabilities: declare({ name: '' }),
    killedBy: ['capabilities: they are well-formed'],
  },
  'have no level of durability': {
    capabilities: declare({ durability: Object.freeze([]) }),
    killedBy: ['capabilities: they are well-formed'],
  },
  'have levels in another order': {
    capabilities: declare({ durability: Object.freeze(['relaxed', 'strict'] as const) }),
    killedBy: ['capabilities: they are well-formed'],
  },
  'have a level twice': {
    capabilities: declare({ durability: Object.freeze(['strict', 'strict'] as const) }),
    killedBy: ['capabilities: they are well-formed'],
  },
  'have an unknown level': {
    capabilities: declare({ durability: Object.freeze(['eventual' as 'none']) }),
    killedBy: ['capabilities: they are well-formed'],
  },
  'promise to survive the process, though nothing does': {
    capabilities: declare({ persistent: false }),
    killedBy: ['capabilities: they agree with each other and with the log'],
  },
  'promise to append at once, and cannot': {
    capabilities: declare({ shared: false, readers: false, syncAppend: false }),
    killedBy: ['capabilities: they agree with each other and with the log'],
  },
};
