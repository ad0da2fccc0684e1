/** The leases of a node that is alone against their contract. */
import { createSoleLeases } from '../../server/stores/memory/leases.ts';
import { describeLeases } from './leases.ts';

describeLeases('alone', () => Promise.resolve({ leases: createSoleLeases(), remove: () => Promise.resolve() }));
