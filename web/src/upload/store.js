// What must outlive a reload: which batches are on their way, by which handles
// their folder is read again, and where each file's sending stands. Where the
// browser keeps nothing (private windows of some), sending works all the same.

const name = 'jikim-upload';
const shelves = ['batches', 'sends'];
const keptMs = 7 * 24 * 3600 * 1000; // the server gives up on older ones too

let opened;

function open() {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => shelves.forEach((shelf) => request.result.createObjectStore(shelf, { keyPath: 'key' }));
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  return opened;
}

async function on(shelf, mode, act) {
  try {
    const db = await open();
    return await new Promise((resolve, reject) => {
      const transaction = db.transaction(shelf, mode);
      const request = act(transaction.objectStore(shelf));
      transaction.oncomplete = () => resolve(request?.result);
      transaction.onabort = transaction.onerror = () => reject(transaction.error);
    });
  } catch {
    return undefined; // a lost note costs a choice or a second sending, never footage
  }
}

const put = (shelf, value) => on(shelf, 'readwrite', (s) => s.put({ ...value, at: Date.now() }));
const get = (shelf, key) => on(shelf, 'readonly', (s) => s.get(key));
const drop = (shelf, key) => on(shelf, 'readwrite', (s) => s.delete(key));

/**
 * @typedef {object} Kept a batch on its way
 * @property {string} key its id
 * @property {string} account
 * @property {Record<string, string>} said
 * @property {string[]} files keys of those that are to be sent
 * @property {FileSystemHandle[]} handles
 */

/** @param {Kept} batch */
export const keepBatch = (batch) => put('batches', batch);

/** @returns {Promise<Kept[]>} of an account, the newest first; what is old goes */
export async function batchesOf(account) {
  const all = (await on('batches', 'readonly', (s) => s.getAll())) ?? [];
  const old = all.filter((b) => Date.now() - b.at > keptMs);
  await Promise.all(old.map((b) => forgetBatch(b.key)));
  return all.filter((b) => !old.includes(b) && b.account === account).sort((a, b) => b.at - a.at);
}

/** Forgets a batch and where its files stood. */
export async function forgetBatch(id) {
  await drop('batches', id);
  const sends = (await on('sends', 'readonly', (s) => s.getAll())) ?? [];
  await Promise.all(sends.filter((s) => s.batch === id).map((s) => drop('sends', s.key)));
}

/** Where the sending of a file stands; '' when nowhere. */
export const addressOf = async (key) => (await get('sends', key))?.address ?? '';

export const keepAddress = (key, address, batch) => put('sends', { key, address, batch });
