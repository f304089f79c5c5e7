import { describe } from 'vitest';
import { documentsContract } from './storage-documents.ts';
import { erasureContract } from './storage-erasure.ts';
import type { StorageUnderTest } from './storage-fixtures.ts';
import { ledgerContract } from './storage-ledger.ts';
import { listsContract } from './storage-lists.ts';
import { searchContract } from './storage-search.ts';

/** What every storage adapter does, whatever it is made of (kernel/storage/port.ts). */
export function storageContract(adapter: StorageUnderTest): void {
  describe(`storage contract on ${adapter.name}`, { timeout: 60_000 }, () => {
    documentsContract(adapter);
    listsContract(adapter);
    ledgerContract(adapter);
    searchContract(adapter);
    erasureContract(adapter);
  });
}
